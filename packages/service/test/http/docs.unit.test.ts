/** The pages that describe a service, and the documents from which they are made. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createContext, runInContext } from 'node:vm'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { allProblemKinds, problemType } from '../../src/http/problem-kinds.ts'
import type { SharedAdmin } from '../../src/http/serve.ts'
import { send, sendRaw, startTestServer } from './test-server.ts'

const html = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

/** The files that a browser loads for a page: style sheets and scripts, as absolute URLs. */
const filesOf = (page: string, body: string): string[] =>
  [...body.matchAll(/<(?:link rel="stylesheet" href|script src)="([^"]+)"/g)].map(([, path = '']) =>
    new URL(path, page).toString(),
  )

describe.each(['/docs', '/docs/events', '/docs/problems'])('%s', (path) => {
  it('loads all of its files from the service', async () => {
    const { url } = await startTestServer()
    const { status, headers, body } = await send(url + path, { headers: html })
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    const files = filesOf(url + path, body)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      expect(file.startsWith(`${url}/docs/`)).toBe(true)
      const answer = await send(file)
      expect(answer.status, file).toBe(200)
      expect(answer.headers['content-type']).toMatch(file.endsWith('.css') ? /^text\/css/ : /^text\/javascript/)
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
    }
  })

  it('allows no inline scripts or styles, and no files from other hosts', async () => {
    const { url } = await startTestServer()
    const { headers, body } = await send(url + path)
    const policy = headers['content-security-policy']
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("style-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(body).not.toMatch(/<style|<script>|\sstyle=|\son[a-z]+=/)
  })

  it('links to the other pages and to the documents', async () => {
    const { url } = await startTestServer()
    const { body } = await send(url + path)
    const links = [...body.matchAll(/<a href="([^"]+)"/g)].map(([, link = '']) => new URL(link, url + path))
    expect(links.map(({ pathname }) => pathname)).toEqual([
      '/docs',
      '/docs/events',
      '/docs/problems',
      '/openapi.json',
      '/asyncapi.json',
    ])
    for (const link of links) expect((await send(link.toString())).status).toBe(200)
  })
})

describe('the scripts of /docs/events', () => {
  /** The browser globals that the component needs when it is loaded. As on the page, code from strings is forbidden. */
  const browser = () => {
    const globals = {
      navigator: { userAgent: '' },
      fetch,
      Headers,
      Request,
      Response,
      AbortController,
      URL,
      TextEncoder,
      setTimeout,
    }
    const context = createContext(
      { ...globals, console: { error: () => undefined } },
      { codeGeneration: { strings: false } },
    )
    runInContext('globalThis.window = globalThis; globalThis.self = globalThis', context)
    return context
  }
  const load = async (names: readonly string[]) => {
    const { url } = await startTestServer()
    const page = browser()
    for (const name of names) runInContext((await send(`${url}/docs/${name}`)).body, page)
    return page
  }

  it('load without unsafe-eval', async () => {
    const { AsyncApiStandalone: component } = await load(['no-eval.js', 'asyncapi.js'])
    expect(component).toMatchObject({ render: expect.any(Function) })
  })

  it('fail to load without no-eval.js', async () => {
    await expect(load(['asyncapi.js'])).rejects.toThrow('Code generation from strings disallowed')
  })
})

test('an unknown path below a base path leads to the documents there', async () => {
  const mounted = createServer()
  onTestFinished(() => void mounted.close())
  const mount: SharedAdmin['mount'] = (_service, listenerBelow) => {
    mounted.on('request', listenerBelow('/test'))
    return 'http://127.0.0.1/test'
  }
  await startTestServer({}, { admin: { mount } })
  await once(mounted.listen(0, '127.0.0.1'), 'listening')
  const { body } = await send(`http://127.0.0.1:${(mounted.address() as AddressInfo).port}/x`)
  expect(JSON.parse(body)).toMatchObject({
    detail: 'No route for /test/x. GET /test/openapi.json lists the routes of this service, and /test/docs shows them.',
  })
})

test('the documents are JSON', async () => {
  const { url } = await startTestServer()
  expect(JSON.parse((await send(`${url}/openapi.json`)).body)).toMatchObject({ openapi: '3.1.0' })
  expect(JSON.parse((await send(`${url}/asyncapi.json`)).body)).toMatchObject({ asyncapi: '3.0.0' })
})

test('a document whose creation failed is created at the next request', async () => {
  let calls = 0
  const asyncApi = () => {
    calls += 1
    return calls === 1 ? Promise.reject(new Error('not now')) : Promise.resolve({ asyncapi: '3.0.0' })
  }
  const { url } = await startTestServer({}, { asyncApi })
  const statuses: number[] = []
  for (let asked = 0; asked < 3; asked += 1) statuses.push((await send(`${url}/asyncapi.json`)).status)
  expect(statuses).toEqual([500, 200, 200])
  expect(calls).toBe(2)
})

test('/ shows browsers the way to the console and to the pages, and returns 404 to programs', async () => {
  const { url } = await startTestServer({ CONSOLE_URL: 'http://127.0.0.1:3004' })
  const forBrowsers = await send(`${url}/`, { headers: html })
  expect(forBrowsers).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', vary: 'accept' },
  })
  const main = forBrowsers.body.slice(forBrowsers.body.indexOf('<main'))
  const links = [...main.matchAll(/<a href="([^"]+)"/g)].map(([, link = '']) => new URL(link, url).toString())
  expect(links).toEqual([
    'http://127.0.0.1:3004/',
    ...['/docs', '/docs/events', '/docs/problems'].map((path) => url + path),
  ])
  expect(forBrowsers.headers['content-security-policy']).toMatch(/^default-src 'none'/)
  expect(forBrowsers.body).not.toMatch(/<script|<style/)
  for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }])
    expect((await send(`${url}/`, { headers })).status).toBe(404)
  expect((await send(`${url}/`, { method: 'POST', headers: html })).status).toBe(404)
})

test('the type of a problem links to its section', async () => {
  const { url } = await startTestServer()
  const { type } = JSON.parse((await send(`${url}/nowhere`)).body)
  expect(type).toBe('/docs/problems#not-found')
  const { body } = await send(new URL(type, url).toString())
  for (const { kind } of allProblemKinds) {
    expect(body).toContain(`<section id="${kind}">`)
    expect(problemType(kind)).toBe(`/docs/problems#${kind}`)
  }
})

test.each([
  [400, 'hello\r\n\r\n'],
  [431, `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\na: ${'a'.repeat(20_000)}\r\n\r\n`],
])('status %i of a request that Node refuses has no body, as the page of problems says', async (status, request) => {
  const { port } = await startTestServer()
  const response = await text(await sendRaw(port, request))
  expect(response.split('\r\n\r\n')).toEqual([expect.stringContaining(`HTTP/1.1 ${status} `), ''])
})

test('a page accepts only GET and HEAD', async () => {
  const { url } = await startTestServer()
  const refused = await send(`${url}/docs`, { method: 'POST' })
  expect([refused.status, refused.headers['allow']]).toEqual([405, 'GET, HEAD'])
  expect(await send(`${url}/docs`, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
})
