/** The built page: its size, and what it may load. */
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { runningConsole } from './running-console.ts'

const assets = new URL('../dist/assets/', import.meta.url)
const files = () => readdirSync(assets).map((name) => readFileSync(new URL(name, assets)))

test('all files together are below 80 kB, compressed', () => {
  const bytes = files().reduce((sum, file) => sum + gzipSync(file).length, 0)
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThan(80_000)
})

test('it names no other host', () => {
  const hosts = files().flatMap((file) => file.toString().match(/https?:\/\/[\w.]+/g) ?? [])
  expect(hosts.filter((host) => host !== 'http://www.w3.org')).toEqual([]) // the namespaces of SVG and MathML
})

test('browsers may keep its files permanently, but not the page itself, and other paths are not found', async () => {
  const url = await runningConsole()
  const page = await fetch(`${url}/orders/1`)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const html = await page.text()
  const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '')
  expect(loaded).toHaveLength(3)
  for (const path of loaded) {
    const file = await fetch(url + path)
    expect(file.status).toBe(200)
    expect(file.headers.get('cache-control')).toMatch(/\.svg$/.test(path) ? /max-age=3600/ : /immutable/)
  }
  for (const path of ['/nowhere', '/assets/../index.html', '/assets/%2e%2e/index.html'])
    expect((await fetch(url + path)).status).toBe(404)
})

test.each(['/', '/health/live', '/live'])('HEAD %s has the headers of GET, and no body', async (path) => {
  const url = (await runningConsole()) + path
  const head = await fetch(url, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  const get = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
  await get.body?.cancel()
  const put = await fetch(url, { method: 'PUT', headers: { 'x-quadrille-console': 'page' } })
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})
