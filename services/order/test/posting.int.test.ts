import { randomUUID } from 'node:crypto'
import { openDatabase } from '@quadrille/postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { anOrderRequest, type OpenOrders, openOrders } from './orders-by-http.ts'

let orders: OpenOrders
beforeAll(async () => {
  orders = await openOrders()
  return orders.stop
})

const post = (changes: object, headers?: Record<string, string>) =>
  orders.post('/orders', { ...anOrderRequest, ...changes }, headers)

describe('a repeated request', () => {
  it('with a key gets the same response, with the header Idempotent-Replayed', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const [first, again] = [await post({}, key), await post({}, key)]
    expect(first.headers.has('idempotent-replayed')).toBe(false)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect([again.status, again.text]).toEqual([first.status, first.text])
  })

  it('with a key that is concurrent gets this header in all responses but one', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({}, key)))
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1)
  })

  it('without a key places another order', async () => {
    const [, again] = [await post({}), await post({})]
    expect(again.headers.has('idempotent-replayed')).toBe(false)
  })
})

describe('a card number as the payment method', () => {
  const countOutbox = async () => {
    const sql = openDatabase({ url: orders.databaseUrl, applicationName: 'test', max: 1, onIdleError: () => undefined })
    const rows = await sql.query('select from outbox')
    await sql.end()
    return rows.length
  }

  it.each(['4242424242424242', '4242 4242-4242 4242'])('is rejected, and not stored: %s', async (method) => {
    const before = await countOutbox()
    const rejected = await post({ payment: { method } })
    expect(rejected).toMatchObject({ status: 422, body: { errors: [{ pointer: '/payment/method' }] } })
    expect(await countOutbox()).toBe(before)
    for (const text of [rejected.text, orders.log()]) expect(text).not.toMatch(/4242.?4242/)
  })

  it('is distinguished from a name that contains digits', async () => {
    expect((await post({ payment: { method: 'pm_4242424242424242' } })).status).toBe(202)
  })
})

describe('text with invisible characters', () => {
  it.each([
    ['/customer/id', { customer: { id: 'ada\u202e', email: 'ada@example.com' } }],
    ['/payment/method', { payment: { method: 'pm_card\u200b_visa' } }],
    ['/reference', { reference: 'web\u200b1' }],
    ['/metadata/shop', { metadata: { shop: 'berlin\u2066' } }],
    ['/metadata/sh\u00adop', { metadata: { 'sh\u00adop': 'berlin' } }],
  ])('is rejected at %s', async (pointer, changes) => {
    expect(await post(changes)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
  })

  it('is distinguished from text in other scripts', async () => {
    const seen = {
      reference: 'Bestellung №1 – привет, 你好, مرحبا',
      metadata: { crème: '☕️', family: '👩\u200d👩\u200d👧' },
    }
    expect(await post(seen)).toMatchObject({ status: 202, body: seen })
  })
})
