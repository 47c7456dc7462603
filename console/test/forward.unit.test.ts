/** The forwarded routes. */
import { expect, test } from 'vitest'
import { forwardedPath } from '../src/server/forwarded-routes.ts'
import { listening, runningConsole } from './running-console.ts'

const id = '01a220d4-0e99-7000-a864-1b09a5dbe749'

test.each([
  ['/api/order/orders', 'order', '/orders'],
  [`/api/order/orders/${id}/events`, 'order', `/orders/${id}/events`],
  [`/api/payment/payments/${id}`, 'payment', `/payments/${id}`],
])('%s is forwarded to %s', (pathname, service, path) => {
  expect(forwardedPath(pathname)).toMatchObject({ service, path })
})

test.each([
  '/api/order/metrics',
  '/api/order/orders/',
  '/api/order/orders/..',
  '/api/order/orders/../metrics',
  '/api/order/orders/%2e%2e',
  '/api/order/orders/a%2fevents',
  '/api/payment/orders',
  '/api/order//orders',
  `/api/order/orders/${'a'.repeat(101)}`,
])('%s is not forwarded', (pathname) => {
  expect(forwardedPath(pathname)).toBeUndefined()
})

test('a filter, the ETag and the answer pass, but no header that the list does not name', async () => {
  const order = await listening(({ url, headers }, response) => {
    response.setHeader('content-type', 'application/json')
    response.setHeader('set-cookie', 'a=b')
    if (headers['if-none-match'] === '"1"') return void response.writeHead(304).end()
    response.setHeader('etag', '"1"')
    response.end(JSON.stringify({ url, cookie: headers.cookie ?? null }))
  })
  const url = `${await runningConsole({ ORDER_URL: order })}/api/order/orders?status=paid&limit=1`
  const first = await fetch(url, { headers: { cookie: 'secret=1' } })
  expect(await first.json()).toEqual({ url: '/orders?status=paid&limit=1', cookie: null })
  expect([first.headers.get('etag'), first.headers.get('set-cookie')]).toEqual(['"1"', null])
  expect((await fetch(url, { headers: { 'if-none-match': '"1"' } })).status).toBe(304)
})

test('a service that is down is named', async () => {
  const answer = await fetch(`${await runningConsole()}/api/payment/payments/${id}`)
  expect(answer.status).toBe(502)
  expect(await answer.json()).toEqual({
    type: 'about:blank',
    status: 502,
    detail: 'The payment service does not answer (ECONNREFUSED).',
    service: 'payment',
  })
})

test('an answer that breaks off, or is not JSON, is reported as an error', async () => {
  const html = await listening((_, response) => response.setHeader('content-type', 'text/html').end('<script>'))
  const broken = await listening((_, response) => {
    response.setHeader('content-type', 'application/json').write('{"items":[')
    setImmediate(() => response.destroy())
  })
  const url = await runningConsole({ PAYMENT_URL: html, ORDER_URL: broken })
  expect((await fetch(`${url}/api/payment/payments/${id}`)).status).toBe(502)
  await expect(fetch(`${url}/api/order/orders`).then((answer) => answer.text())).rejects.toThrow()
})

test('the errors of a service pass as they are', async () => {
  const order = await listening((_, response) =>
    response.writeHead(409, { 'content-type': 'application/problem+json' }).end('{"detail":"It is fulfilled."}'),
  )
  const answer = await fetch(`${await runningConsole({ ORDER_URL: order })}/api/order/orders/${id}/cancel`, {
    method: 'POST',
    headers: { 'x-quadrille-console': 'page' },
  })
  expect([answer.status, await answer.json()]).toEqual([409, { detail: 'It is fulfilled.' }])
})

test('wrong methods and large bodies are refused before a service is asked', async () => {
  const url = await runningConsole({ ORDER_URL: await listening(() => expect.unreachable()) })
  const headers = { 'x-quadrille-console': 'page' }
  const wrong = await fetch(`${url}/api/order/orders`, { method: 'POST', headers })
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET'])
  const body = 'a'.repeat(300_000)
  expect((await fetch(`${url}/api/order/orders/1/cancel`, { method: 'POST', headers, body })).status).toBe(413)
})
