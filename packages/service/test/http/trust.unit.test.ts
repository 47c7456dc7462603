/** Requests are accepted by their host, their origin and their content. */
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it, test } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import type { Endpoints } from '../../src/http/serve.ts'
import { listenConfig, withExposureCheck } from '../../src/http/variables.ts'
import { send, sendRaw, startTestServer } from './test-server.ts'

describe('the host of a request', () => {
  const status = async (url: string, host: string) => (await send(url, { headers: { host } })).status

  it('must be the loopback or an allowed host, with or without a port', async () => {
    const { url } = await startTestServer({ ALLOWED_HOSTS: 'Orders.example.com, order' })
    const loopback = ['localhost', 'LOCALHOST:1', '127.0.0.1', '127.0.0.1:99', '127.0.0.53:3000', '[::1]', '[::1]:3000']
    for (const host of loopback) expect(await status(`${url}/health/live`, host), host).toBe(200)
    for (const host of ['orders.example.com', 'order:9000']) expect(await status(`${url}/health/live`, host)).toBe(200)
    const others = [
      'evil.example',
      'evil.example:3000',
      'localhost.evil.example',
      '127.0.0.53.evil.example',
      '192.0.2.1',
    ]
    for (const host of [...others, '127.0.0.1@evil']) expect(await status(`${url}/health/live`, host), host).toBe(403)
  })

  it('is checked although the client has an expectation, which is ignored', async () => {
    const { url } = await startTestServer()
    const answerTo = (host: string) => send(`${url}/whereabouts`, { headers: { host, expect: 'x' } })
    expect(await answerTo('127.0.0.1')).toMatchObject({ status: 200, headers: { 'x-content-type-options': 'nosniff' } })
    expect((await answerTo('evil.example')).status).toBe(403)
  })

  it('may be any IP address for the admin endpoints beyond the loopback, because orchestrators probe by address', async () => {
    const { url, adminUrl } = await startTestServer({ HOST: '0.0.0.0', AUTH: 'off', ADMIN_PORT: '0' })
    const here = (address: string) => address.replace('0.0.0.0', '127.0.0.1')
    for (const host of ['192.0.2.1:9000', '[2001:db8::1]', 'localhost'])
      expect(await status(`${here(adminUrl)}/health/live`, host), host).toBe(200)
    expect(await status(`${here(adminUrl)}/health/live`, 'evil.example')).toBe(403)
    expect(await status(`${here(url)}/openapi.json`, '192.0.2.1')).toBe(403)
  })

  it('may be missing in HTTP/1.0, as in a health check of HAProxy, but not in a request from a page', async () => {
    const { port } = await startTestServer()
    const answerTo = async (...lines: string[]) => text(await sendRaw(port, [...lines, '', ''].join('\r\n')))
    expect(await answerTo('GET /health/live HTTP/1.0')).toMatch(/^HTTP\/1.1 200 /)
    expect(await answerTo('GET /health/live HTTP/1.0', 'Host: evil.example')).toMatch(/^HTTP\/1.1 403 /)
    expect(await answerTo('GET /health/live HTTP/1.0', 'Origin: http://evil.example')).toMatch(/^HTTP\/1.1 403 /)
    expect(await answerTo('GET /health/live HTTP/1.1', 'Connection: close')).toMatch(/^HTTP\/1.1 400 /)
  })
})

describe('a request from a browser', () => {
  it.each<[string, number, Record<string, string>]>([
    ['from another origin', 403, { origin: 'http://evil.example' }],
    ['from another port', 403, { origin: 'http://127.0.0.1:1' }],
    ['from an opaque origin', 403, { origin: 'null' }],
    ['from another site', 403, { 'sec-fetch-site': 'cross-site' }],
    ['from another host of the site', 403, { 'sec-fetch-site': 'same-site' }],
    ['from its own pages', 200, { 'sec-fetch-site': 'same-origin' }],
    ['because a person typed the address', 200, { 'sec-fetch-site': 'none' }],
  ])('%s: %i', async (_, status, headers) => {
    const { url } = await startTestServer()
    for (const method of ['GET', 'POST']) {
      const path = method === 'GET' ? '/megabytes/0' : '/things/1/cancel'
      expect((await send(url + path, { method, headers })).status).toBe(status)
    }
  })

  it('is accepted from the own origin, or if it follows a link from another site', async () => {
    const { url } = await startTestServer()
    expect((await send(`${url}/things/1/cancel`, { method: 'POST', headers: { origin: url } })).status).toBe(200)
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect((await send(`${url}/openapi.json`, { headers: link })).status).toBe(200)
    expect((await send(`${url}/things/1/cancel`, { method: 'POST', headers: link })).status).toBe(403)
  })
})

describe('a route without fields', () => {
  it.each<[string, number, string, Record<string, string>]>([
    ['nothing', 200, '', {}],
    ['an empty object', 200, '{}', { 'content-type': 'application/json' }],
    ['an empty form', 415, '', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['empty text', 415, '', { 'content-type': 'text/plain;charset=UTF-8' }],
    ['text', 415, '{}', { 'content-type': 'text/plain' }],
    ['a body without a type', 415, '{}', {}],
    ['fields', 422, '{"force":true}', { 'content-type': 'application/json' }],
  ])('answers %s with %i', async (_, status, body, headers) => {
    const { url } = await startTestServer()
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    const answer = await send(`${url}/things/1/cancel`, { method: 'POST', body, headers: { ...length, ...headers } })
    expect(answer.status).toBe(status)
  })
})

describe('a route with a required body', () => {
  it.each<[string, number, string, Record<string, string>]>([
    ['nothing', 400, '', {}],
    ['an empty text in JSON', 400, '', { 'content-type': 'application/json' }],
    ['an empty form', 415, '', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a body without a type', 415, '{}', {}],
  ])('answers %s with %i', async (_, status, body, headers) => {
    const { url } = await startTestServer()
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    const answer = await send(`${url}/echo`, { method: 'POST', body, headers: { ...length, ...headers } })
    expect(answer.status).toBe(status)
    if (status === 400) expect(JSON.parse(answer.body).detail).toBe('The body is missing; send JSON.')
  })
})

describe('a body', () => {
  const json = { 'content-type': 'application/json' }
  it.each<[string, number, string, Record<string, string>]>([
    ['that is compressed', 415, '{}', { 'content-encoding': 'gzip' }],
    ['that is compressed twice', 415, '{}', { 'content-encoding': 'br, gzip' }],
    ['with a field twice', 400, '{"a":1,"b":{"a":2},"a":3}', {}],
    ['with a field twice, in different spellings', 400, '[{"price":500,"\\u0070rice":0}]', {}],
    ['with one name in many objects', 200, '{"a":[{"a":1},{"a":"\\"a\\":{["}],"b":{"a":{}}}', {}],
  ])('%s: %i', async (_, status, body, headers) => {
    const { url } = await startTestServer()
    expect((await send(`${url}/echo`, { method: 'POST', body, headers: { ...json, ...headers } })).status).toBe(status)
  })

  it('that is not UTF-8: 400', async () => {
    const { url } = await startTestServer()
    const answer = await fetch(`${url}/echo`, { method: 'POST', headers: json, body: Buffer.from([0x22, 0xff, 0x22]) })
    expect(answer.status).toBe(400)
  })
})

test.each([
  'http://evil.example/orders',
  'http://ev]l.example:99999/',
  '*',
  'orders',
  '/health/live#',
  '/health\\live#x',
])('the target %s is rejected', async (target) => {
  const { port } = await startTestServer()
  const socket = await sendRaw(port, `GET ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /)
})

test.each(['/health/live/', '/HEALTH/live', '//health/live', '/health/%6cive', '/Whereabouts', '/whereabouts/'])(
  'another spelling of a path is not found, so it cannot bypass the limits of the path: %s',
  async (path) => {
    const { url } = await startTestServer()
    expect((await send(url + path)).status).toBe(404)
  },
)

test('every response forbids caching, sniffing and embedding', async () => {
  const { url } = await startTestServer()
  const answers = [
    await send(`${url}/megabytes/0`),
    await send(`${url}/health/live`),
    await send(`${url}/nowhere`),
    await send(`${url}/megabytes/0`, { headers: { host: 'evil.example' } }),
  ]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 403])
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  }
})

describe('ADMIN_PORT', () => {
  it('removes the admin endpoints from PORT', async () => {
    const { url, adminUrl } = await startTestServer({ ADMIN_PORT: '0' })
    const statuses = (base: string) =>
      Promise.all(
        ['/health/live', '/whereabouts', '/megabytes/0'].map(async (path) => (await send(base + path)).status),
      )
    expect(await statuses(url)).toEqual([404, 404, 200])
    expect(await statuses(adminUrl)).toEqual([200, 200, 404])
  })

  it('defaults to PORT', async () => {
    const { url, adminUrl } = await startTestServer()
    expect(adminUrl).toBe(url)
    expect((await send(`${url}/whereabouts`)).status).toBe(200)
  })

  it('must differ from PORT beyond the loopback', () => {
    const env = { HOST: '0.0.0.0', AUTH: 'off', PORT: '3000', ADMIN_PORT: '3000' }
    expect(() => readConfig(withExposureCheck(listenConfig), env)).toThrow(
      /^ADMIN_PORT must differ from PORT beyond the loopback, but both are 3000/,
    )
  })

  it('in use makes the start fail', async () => {
    const port = String((await startTestServer()).port)
    const inUse = `Port ${port} on 127.0.0.1 is in use.`
    await expect(startTestServer({ ADMIN_PORT: port })).rejects.toThrow(`${inUse} Set ADMIN_PORT to another one`)
    await expect(startTestServer({ PORT: port })).rejects.toThrow(`${inUse} Set PORT to another one`)
    const named = { portVariable: 'TEST_PORT' }
    await expect(startTestServer({ PORT: port }, named)).rejects.toThrow(`${inUse} Set TEST_PORT to another one`)
  })
})

test('too many pipelined requests close the connection', async () => {
  const { port, url } = await startTestServer()
  const request = 'GET /megabytes/0 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'
  const flood = await sendRaw(port, request.repeat(1_000))
  await once(flood.resume(), 'close')
  expect((await send(`${url}/megabytes/0`)).status).toBe(200)
})

test('probes of closed connections do not use the capacity for others', async () => {
  const probes: Endpoints['probes'] = {
    '/health/live': (_request, response) => void response.json({}),
    '/health/ready': () => undefined,
  }
  const { port, url } = await startTestServer({}, { adminEndpoints: { routes: [], probes } })
  const probe = 'GET /health/ready HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'
  for (let connections = 0; connections < 6; connections += 1) {
    const flood = await sendRaw(port, probe.repeat(101))
    await once(flood.resume(), 'close')
  }
  expect((await send(`${url}/health/live`)).status).toBe(200)
})
