/** The HTTP API with a real Postgres. No other service has joined the broker, so events wait in the outbox. */
import { randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { type RunningService, startService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import type { TestDatabase } from '@quadrille/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { cancelledOrderExample, orderExample, orderRequestExample } from '../src/http/examples.ts'
import { order } from '../src/service.ts'

let database: TestDatabase
let service: RunningService

const log = pino({ level: 'silent' })

const start = (env: Record<string, string> = {}) =>
  startService(order, {
    broker: inProcessBroker({ onError: (error) => log.error(error) }),
    env: { DATABASE_URL: database.url, PORT: '0', ...env },
    log,
  })

beforeAll(async () => {
  database = await createServiceDatabase(inject('postgresUrl'), order)
  service = await start()
})
afterAll(async () => {
  await service.stop()
  await database.drop()
})

const valid = orderRequestExample // the example of the API document

interface Answer {
  status: number
  type: string | null
  location: string | null
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into bodies of any shape
  body: any
}

const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(service.url + path, init)
  const { headers, status } = response
  return { status, type: headers.get('content-type'), location: headers.get('location'), body: await response.json() }
}

const post = (body: unknown, headers: Record<string, string> = {}) =>
  call('/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const countOrders = async () => {
  const sql = openDatabase({ url: database.url, applicationName: 'test', max: 2, onIdleError: () => undefined })
  const [row] = await sql.query<{ count: number }>('select count(*) as count from customer_order')
  await sql.end()
  return row?.count
}

describe('POST /orders', () => {
  it('accepts an order, and shows it at its Location without the payment method', async () => {
    const named = { reference: 'web-1', metadata: { shop: 'berlin' } }
    const accepted = await post({ ...valid, ...named })
    expect(accepted.status).toBe(202)
    const { id, createdAt, updatedAt } = accepted.body
    expect(accepted.body).toEqual({ ...orderExample, ...named, id, createdAt, updatedAt })
    expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(accepted.location).toBe(`/orders/${accepted.body.id}`)
    const shown = await call(accepted.location ?? '')
    expect(shown).toMatchObject({ status: 200, body: { id: accepted.body.id, status: 'placed', total: 2_500 } })
    expect(JSON.stringify([accepted, shown])).not.toContain('pm_card_visa')
  })

  it('stores the event in the history, without the payment method', async () => {
    const { body } = await post(valid)
    const history = await call(`/orders/${body.id}/events`)
    expect(history.body).toMatchObject({
      items: [{ type: 'OrderPlaced', subject: body.id, source: '/order' }],
      nextCursor: null,
    })
    expect(JSON.stringify(history)).not.toContain('pm_card_visa')
  })

  it('creates one order for 50 concurrent requests with one key, and sends equal responses', async () => {
    const before = await countOrders()
    const key = randomUUID()
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(valid, { 'idempotency-key': key })))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]?.status).toBe(202)
    expect(await countOrders()).toBe((before ?? 0) + 1)
  })

  it('creates one order for concurrent requests with one key to two instances', async () => {
    const before = await countOrders()
    const other = await start()
    const key = randomUUID()
    const init = { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': key } }
    const sent = [service, other, service, other, service, other].map(async ({ url }) =>
      (await fetch(`${url}/orders`, { ...init, body: JSON.stringify(valid) })).text(),
    )
    expect(new Set(await Promise.all(sent)).size).toBe(1)
    expect(await countOrders()).toBe((before ?? 0) + 1)
    await other.stop()
  })

  it('repeats the first response after a restart, even if the order has changed', async () => {
    const key = randomUUID()
    const first = await post(valid, { 'idempotency-key': key })
    await call(`/orders/${first.body.id}/cancel`, { method: 'POST' })
    await service.stop()
    service = await start()
    expect(await post(valid, { 'idempotency-key': key })).toEqual(first)
  })

  it('treats requests that differ in the order of fields as equal', async () => {
    const key = randomUUID()
    const first = await post(valid, { 'idempotency-key': key })
    const reordered = Object.fromEntries(Object.entries(valid).toReversed())
    expect(await post(reordered, { 'idempotency-key': key })).toEqual(first)
  })

  it('rejects a different order with a used key', async () => {
    const key = randomUUID()
    await post(valid, { 'idempotency-key': key })
    const other = await post({ ...valid, reference: 'other' }, { 'idempotency-key': key })
    expect(other).toMatchObject({ status: 422, body: { type: '/docs/problems#idempotency-key-reused' } })
  })

  it('does not store the response to a rejected request', async () => {
    const key = randomUUID()
    expect((await post({ ...valid, lines: [] }, { 'idempotency-key': key })).status).toBe(422)
    expect((await post(valid, { 'idempotency-key': key })).status).toBe(202)
  })

  it('accepts orders at the limits', async () => {
    const line = (index: number) => ({ sku: `sku-${index}`, quantity: 1, unitPrice: 0 })
    const answers = await Promise.all([
      post({ ...valid, lines: Array.from({ length: 1_000 }, (_, index) => line(index)) }),
      post({ ...valid, lines: [{ sku: 'a', quantity: 1_000_000, unitPrice: 1_000_000 }] }),
      post({
        ...valid,
        metadata: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`key-${index}`, 'value'])),
      }),
      post({ ...valid, customer: { id: 'é'.repeat(100), email: 'ada@example.com' } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202])
  })
})

describe('input', () => {
  const line = valid.lines[0]
  const withLine = (change: object) => ({ ...valid, lines: [{ ...line, ...change }] })
  const cases: [string, unknown, string][] = [
    ['no lines', { ...valid, lines: [] }, '/lines'],
    ['1,001 lines', { ...valid, lines: Array.from({ length: 1_001 }, () => line) }, '/lines'],
    ['quantity 0', withLine({ quantity: 0 }), '/lines/0/quantity'],
    ['quantity −1', withLine({ quantity: -1 }), '/lines/0/quantity'],
    ['quantity 1.5', withLine({ quantity: 1.5 }), '/lines/0/quantity'],
    ['quantity 1e21', withLine({ quantity: 1e21 }), '/lines/0/quantity'],
    ['quantity "3"', withLine({ quantity: '3' }), '/lines/0/quantity'],
    ['a negative price', withLine({ unitPrice: -1 }), '/lines/0/unitPrice'],
    ['a fractional price', withLine({ unitPrice: 9.99 }), '/lines/0/unitPrice'],
    ['a total that is too large', withLine({ quantity: 1_000_000, unitPrice: 1_000_001 }), '/lines'],
    ['a SKU with a blank', withLine({ sku: 'a b' }), '/lines/0/sku'],
    ['an unknown currency', { ...valid, currency: 'XYZ' }, '/currency'],
    ['a bad email', { ...valid, customer: { id: 'c', email: 'ada' } }, '/customer/email'],
    [
      'an email with CR and LF',
      { ...valid, customer: { id: 'c', email: 'ada@example.com\r\nBcc: eve@example.com' } },
      '/customer/email',
    ],
    ['NUL in text', { ...valid, reference: 'a\u0000b' }, '/reference'],
    ['a lone surrogate in text', `${JSON.stringify(valid).slice(0, -1)},"reference":"a\\ud800"}`, '/reference'],
    ['a lone surrogate in a key', { ...valid, metadata: { '\ud800': 'x' } }, '/metadata'],
    ['a missing field', { ...valid, payment: undefined }, '/payment'],
    ['a wrong type', { ...valid, customer: 'ada' }, '/customer'],
    ['an extra field', { ...valid, cupon: 'X' }, '/cupon'],
    ['an extra nested field', withLine({ colour: 'red' }), '/lines/0/colour'],
    [
      '17 pairs of metadata',
      { ...valid, metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])) },
      '/metadata',
    ],
    ['metadata that is not text', { ...valid, metadata: { a: 1 } }, '/metadata/a'],
    ['__proto__', `${JSON.stringify(valid).slice(0, -1)},"__proto__":{"admin":true}}`, '/__proto__'],
    ['__proto__ in a line', JSON.stringify(valid).replace('"sku"', '"__proto__":{},"sku"'), '/lines/0/__proto__'],
    [
      '__proto__ in metadata',
      `${JSON.stringify(valid).slice(0, -1)},"metadata":{"a":"b","__proto__":"c"}}`,
      '/metadata/__proto__',
    ],
    ['an array', [], ''],
    ['null', 'null', ''],
    ['deep nesting', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, ''],
  ]

  it.each(cases)('with %s is rejected with a pointer to the field, and changes nothing', async (_, body, pointer) => {
    const before = await countOrders()
    const answer = await post(body)
    expect(answer.status).toBe(422)
    expect(answer.type).toContain('application/problem+json')
    expect(answer.body).toMatchObject({ type: '/docs/problems#invalid-fields', status: 422 })
    expect(answer.body.errors.some((error: { pointer: string }) => error.pointer.startsWith(pointer))).toBe(true)
    expect(await countOrders()).toBe(before)
  })

  it('with an invalid idempotency key is rejected', async () => {
    for (const key of ['x'.repeat(256), '', 'a\tb', '\u0080']) {
      const answer = await post(valid, { 'idempotency-key': key })
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/idempotency-key' }] } })
    }
  })

  it.each([
    ['a body that is not JSON', '{"customer":', { 'content-type': 'application/json' }, 400],
    ['a wrong content type', JSON.stringify(valid), { 'content-type': 'text/plain' }, 415],
    [
      'a body over 256 KiB',
      JSON.stringify({ ...valid, reference: 'x'.repeat(300_000) }),
      { 'content-type': 'application/json' },
      413,
    ],
    ['an unknown charset', JSON.stringify(valid), { 'content-type': 'application/json; charset=utf-7' }, 415],
    ['another charset', JSON.stringify(valid), { 'content-type': 'application/json; charset="latin1"' }, 415],
    ['no body', '', { 'content-type': 'application/json' }, 400],
    ['neither a body nor a content type', null, {}, 400],
    ['a wrong Accept', JSON.stringify(valid), { 'content-type': 'application/json', accept: 'text/html' }, 406],
  ] satisfies [string, string | null, Record<string, string>, number][])(
    'with %s is rejected',
    async (...[, body, headers, status]) => {
      const answer = await call('/orders', { method: 'POST', headers, body })
      expect(answer).toMatchObject({ status, body: { status, type: expect.stringMatching(/^\/docs\/problems#/) } })
    },
  )

  it('with a charset in quotes is accepted', async () => {
    expect((await post(valid, { 'content-type': 'application/json; charset="UTF-8"' })).status).toBe(202)
  })

  it('with a wrong method is rejected with the allowed methods', async () => {
    const response = await fetch(`${service.url}/orders`, { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST, GET, HEAD')
    expect((await call('/health/live', { method: 'POST' })).status).toBe(405)
  })

  it('with an invalid id, an unknown id or an unknown path gets a 404', async () => {
    const paths = [
      '/orders/nonsense',
      `/orders/${randomUUID()}`,
      `/orders/${randomUUID()}/events`,
      '/nonsense',
      '/orders/%00',
      '/orders/%',
    ]
    for (const path of paths) expect((await call(path)).status).toBe(404)
    expect((await call('/orders/nonsense')).body.errors).toMatchObject([{ pointer: '/id' }])
    expect((await call(`/orders/${randomUUID()}/cancel`, { method: 'POST' })).status).toBe(404)
  })

  it('with a forged cursor or an invalid query is rejected', async () => {
    for (const query of [
      'cursor=forged',
      'cursor=',
      `cursor=${'x'.repeat(300)}`,
      'limit=0',
      'limit=101',
      'limit=x',
      'status=lost',
      'customerId=%00',
      'reference=%00',
      'reference=%C2%85',
      'idSuffix=12345',
      'colour=red',
      'limit=1&limit=2',
    ]) {
      expect((await call(`/orders?${query}`)).status, query).toBe(422)
    }
  })

  it('with an incomplete body places no order', async () => {
    const before = await countOrders()
    const { hostname, port } = new URL(service.url)
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          'POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"customer":',
        )
        socket.destroySoon()
      }).on('close', () => resolve())
    })
    expect((await call('/health/live')).status).toBe(200)
    expect(await countOrders()).toBe(before)
  })

  it('with a body in two parts is accepted', async () => {
    const body = JSON.stringify(valid)
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${service.url}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      })
      request.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject)
      request.write(body.slice(0, 20), () => setImmediate(() => request.end(body.slice(20))))
    })
    expect(status).toBe(202)
  })
})

describe('GET /orders', () => {
  it('pages through the orders of a customer, newest first, without duplicates', async () => {
    const customer = { id: `pager-${randomUUID()}`, email: 'ada@example.com' }
    const ids: string[] = []
    for (let count = 0; count < 5; count += 1) ids.push((await post({ ...valid, customer })).body.id)
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await call(`/orders?customerId=${customer.id}&limit=2${cursor && `&cursor=${cursor}`}`)
      seen.push(...page.body.items.map(({ id }: { id: string }) => id))
      cursor = page.body.nextCursor
    }
    expect(seen).toEqual(ids.toReversed())
  })

  it('filters by status and reference', async () => {
    const reference = randomUUID()
    const { body } = await post({ ...valid, reference })
    await post({ ...valid, reference })
    await call(`/orders/${body.id}/cancel`, { method: 'POST' })
    const cancelled = await call(`/orders?reference=${reference}&status=cancelled`)
    expect(cancelled.body.items).toMatchObject([{ id: body.id, status: 'cancelled' }])
  })

  it('finds an order by the end of its id', async () => {
    const { body } = await post(valid)
    const found = await call(`/orders?idSuffix=${body.id.slice(-8).toUpperCase()}`)
    expect(found.body.items).toMatchObject([{ id: body.id }])
  })
})

describe('an order id in upper case', () => {
  it('finds the order (RFC 9562)', async () => {
    const { body } = await post(valid)
    const path = `/orders/${body.id.toUpperCase()}`
    expect(await call(path)).toMatchObject({ status: 200, body: { id: body.id } })
    expect((await call(`${path}/events`)).body.items).toHaveLength(1)
    const cancelled = await call(`${path}/cancel`, { method: 'POST' })
    expect(cancelled).toMatchObject({ status: 202, location: `/orders/${body.id}`, body: { status: 'cancelled' } })
  })
})

describe('POST /orders/{id}/cancel', () => {
  it('cancels once, and repeats the response', async () => {
    const { body } = await post(valid)
    const answers = await Promise.all([1, 2, 3].map(() => call(`/orders/${body.id}/cancel`, { method: 'POST' })))
    for (const answer of answers) {
      const { updatedAt } = answer.body
      expect(answer.status).toBe(202)
      expect(answer.body).toEqual({ ...cancelledOrderExample, id: body.id, createdAt: body.createdAt, updatedAt })
      expect(Date.parse(updatedAt)).toBeGreaterThan(Date.parse(body.updatedAt))
    }
    expect((await call(`/orders/${body.id}`)).body).toEqual(answers[0]?.body)
    const history = await call(`/orders/${body.id}/events`)
    expect(history.body.items.map(({ type }: { type: string }) => type)).toEqual(['OrderCancelled', 'OrderPlaced'])
  })
})

describe('admin endpoints', () => {
  it('report that the service is ready without other services, and what the outbox waits for', async () => {
    const ready = await call('/health/ready')
    expect(ready).toMatchObject({
      status: 200,
      body: { status: 'degraded', postgres: 'ok', waitingFor: expect.stringContaining('payment.inbox') },
    })
  })

  it('report a full outbox, and orders are rejected with Retry-After', async () => {
    const full = await start({ OUTBOX_MAX: '1' })
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(valid) }
    const refused = async () => {
      const { status, headers } = await fetch(`${full.url}/orders`, request)
      return [status, headers.get('retry-after')]
    }
    await expect.poll(refused).toEqual([503, '5'])
    expect((await fetch(`${full.url}/health/ready`)).status).toBe(503)
    await full.stop()
  })

  it('include metrics for Prometheus, with counters that are 0 before their first event', async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text()
    expect(metrics).toMatch(/^quadrille_http_requests_total\{.+path="\/orders\/:id\/cancel",status="503",.+\} 0$/m)
    expect(metrics).toMatch(/^quadrille_retries_total\{queue="order.inbox",delay="10m",.+\} 0$/m)
  })
})
