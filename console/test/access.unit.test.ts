/** The requests that the console accepts. */
import { once } from 'node:events'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { listening, runningConsole } from './running-console.ts'

/** The status of a request with any headers; `fetch` would not send some of them. */
const statusOf = async (url: string, headers: Record<string, string>, method = 'GET'): Promise<number | undefined> => {
  const sending = request(url, { method, headers }).end()
  const [answer] = await once(sending, 'response')
  answer.resume()
  return answer.statusCode
}

const cancel = '/orders/01a220d4-0e99-7000-a864-1b09a5dbe749/cancel'
const own = { 'x-quadrille-console': 'page' }

test.each([
  ['localhost:3004', 200],
  ['127.0.0.1', 200],
  ['[::1]:3004', 200],
  ['console.example', 200],
  ['evil.example', 403],
  ['127.0.0.1.evil.example:3004', 403],
])('a request for the host %s gets %i', async (host, status) => {
  const url = await runningConsole({ ALLOWED_HOSTS: 'console.example' })
  expect(await statusOf(`${url}/`, { host })).toBe(status)
})

test.each<[string, Record<string, string>]>([
  ['a form of another site', { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['a script of another site', { ...own, origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['a page on another port', { ...own, origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }],
  ['an old browser, without the header of the page', {}],
  ['a sandboxed frame', { ...own, origin: 'null' }],
])('a write by %s has no effect', async (_, headers) => {
  const order = await listening((_request, response) =>
    response.writeHead(202, { 'content-type': 'application/json' }).end('{}'),
  )
  const url = await runningConsole({ ORDER_URL: order })
  expect(await statusOf(`${url}/api/order${cancel}`, headers, 'POST')).toBe(403)
})

test('a write of the page itself reaches the service, with the name of the person', async () => {
  const order = await listening(({ method, url, headers }, response) => {
    response.setHeader('content-type', 'application/json')
    response.writeHead(202).end(JSON.stringify({ method, url, operator: headers['x-operator'] }))
  })
  const url = await runningConsole({ ORDER_URL: order })
  const headers = { ...own, origin: url, 'sec-fetch-site': 'same-origin', 'x-operator': 'ada' }
  const answer = await fetch(`${url}/api/order${cancel}`, { method: 'POST', headers })
  expect([answer.status, await answer.json()]).toEqual([202, { method: 'POST', url: cancel, operator: 'ada' }])
})

test.each(['/api/order/orders', '/live'])('another site can’t read %s, nor follow it as a script', async (path) => {
  const url = await runningConsole()
  expect(await statusOf(url + path, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403)
  expect(await statusOf(url + path, { origin: 'http://evil.example' })).toBe(403)
})

test('a link of another site to a view is followed', async () => {
  const url = await runningConsole()
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  expect(await statusOf(`${url}/orders/1`, link)).toBe(200)
})

test('no answer may be framed, sniffed, stored or read by another site', async () => {
  const url = await runningConsole()
  for (const path of ['/', '/nowhere', '/api/order/orders', '/api/nowhere', '/health/live']) {
    const { headers } = await fetch(url + path)
    expect(headers.get('content-security-policy'), path).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    )
    expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
    expect(headers.get('cross-origin-resource-policy'), path).toBe('same-origin')
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
    expect(headers.get('referrer-policy'), path).toBe('no-referrer')
    expect(headers.get('cache-control'), path).toBe('no-store')
    expect(headers.get('access-control-allow-origin'), path).toBeNull()
  }
})
