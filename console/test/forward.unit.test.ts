/** The forwarded routes. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { withinMsOf } from '../src/server/forward.ts'
import { forwardedRoute } from '../src/server/forwarded-routes.ts'
import { listening, runningConsole } from './running-console.ts'

const id = '01a220d4-0e99-7000-a864-1b09a5dbe749'

test.each([
  ['/api/order/orders', 'order', '/orders'],
  [`/api/order/orders/${id}/events`, 'order', `/orders/${id}/events`],
  [`/api/payment/payments/${id}`, 'payment', `/payments/${id}`],
  ['/api/demo/actions/stop-payment', 'demo', '/actions/stop-payment'],
])('%s is forwarded to %s', (pathname, service, path) => {
  expect(forwardedRoute(pathname)).toMatchObject({ service, path })
})

test.each([
  '/api/order/metrics',
  '/api/order/orders/',
  '/api/order/orders/..',
  '/api/order/orders/../metrics',
  '/api/order/orders/%2e%2e',
  '/api/order/orders/a%2fevents',
  '/api/order/orders/events',
  '/api/order/orders/1',
  '/api/payment/orders',
  '/api/demo/actions/',
  '/api/demo/actions/../metrics',
  `/api/demo/actions/${id}`,
  '/api/order/orders/stop-payment',
  '/api/order//orders',
  `/api/order/orders/${id}${id}`,
])('%s is not forwarded', (pathname) => {
  expect(forwardedRoute(pathname)).toBeUndefined()
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
  expect(answer.status).toBe(503)
  expect(await answer.json()).toEqual({
    type: 'about:blank',
    status: 503,
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
  const refused = await fetch(`${url}/api/payment/payments/${id}`)
  expect(refused.status).toBe(502)
  expect(await refused.json()).toMatchObject({
    service: 'payment',
    detail: 'The payment service answers with text/html instead of JSON.',
  })
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
  expect((await fetch(`${url}/api/order/orders/${id}/cancel`, { method: 'POST', headers, body })).status).toBe(413)
})

/** The answer to a request that is sent as it is written. */
const answerTo = async (url: string, request: string): Promise<string> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  socket.on('error', () => undefined) // the console may disconnect after its answer
  onTestFinished(() => void socket.destroy())
  socket.write(request)
  const [answer] = await once(socket, 'data')
  return answer
}

test.each([
  ['a length', (body: string) => `content-length: ${body.length}\r\n\r\n${body}`],
  ['chunks', (body: string) => `transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
])('a GET whose body, with %s, is a request to another route reaches no service', async (_, withBody) => {
  const reached: unknown[] = []
  const order = await listening(({ method, url }, response) => {
    reached.push(`${method} ${url}`)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  const url = await runningConsole({ ORDER_URL: order })
  const hidden = 'POST /dead-letters/replay HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n'
  const answer = await answerTo(url, `GET /api/order/orders HTTP/1.1\r\nhost: localhost\r\n${withBody(hidden)}`)
  await fetch(`${url}/api/order/orders?limit=1`) // on the same connection, so what was hidden would arrive before it
  expect(reached).not.toContain('POST /dead-letters/replay')
  expect(reached).toEqual(['GET /orders?limit=1'])
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
})

test('a body is sent to the service with its length', async () => {
  const order = await listening(async (request, response) => {
    const body = await new Response(request as unknown as ReadableStream).text() // an async iterable is a body, too
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify([request.headers['content-length'], body]))
  })
  const headers = { 'x-quadrille-console': 'page' }
  const url = `${await runningConsole({ ORDER_URL: order })}/api/order/orders/${id}/cancel`
  const sent = await fetch(url, { method: 'POST', headers, body: '{"a":1}' })
  expect(await sent.json()).toEqual(['7', '{"a":1}'])
})

test.each([
  ['POST', '/api/demo/actions/burst', 30_000],
  ['GET', '/api/demo/actions', 3_000],
  ['POST', `/api/order/orders/${id}/cancel`, 10_000],
  ['GET', '/api/order/orders', 10_000],
])('%s %s may take %i ms', (method, pathname, withinMs) => {
  expect(withinMsOf(method, forwardedRoute(pathname) ?? expect.unreachable())).toBe(withinMs)
})

test('the status tells a change that could not be sent from one whose answer is lost', async () => {
  const breaking = await listening((_, response) => response.destroy())
  const url = await runningConsole({ ORDER_URL: breaking })
  const statusOf = async (path: string) =>
    (await fetch(`${url}/api${path}`, { method: 'POST', headers: { 'x-quadrille-console': 'page' } })).status
  expect(await statusOf(`/order/orders/${id}/cancel`)).toBe(502)
  expect(await statusOf(`/payment/payments/${id}/refund`)).toBe(503)
})

test('a service that hangs is given up after 3 s, so that others get the connections of the browser', async () => {
  const url = await runningConsole({ PAYMENT_URL: await listening(() => undefined) })
  const parts = [`whereabouts?orderId=${id}`, `attempts?orderId=${id}`, `payments/${id}`]
  const answeredMs = async () => {
    const startMs = performance.now()
    const answers = await Promise.all(parts.map((part) => fetch(`${url}/api/payment/${part}`)))
    const tookMs = performance.now() - startMs
    for (const answer of answers)
      expect([answer.status, await answer.json()]).toMatchObject([
        504,
        { service: 'payment', detail: expect.stringContaining('within 3 s') },
      ])
    return tookMs
  }
  const limitMs = 8_000
  const firstMs = await answeredMs()
  // A pause of the machine may slow one down.
  expect(firstMs < limitMs ? firstMs : await answeredMs()).toBeLessThan(limitMs)
})
