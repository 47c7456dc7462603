/** Orders do not expire because their events are delayed, and they expire at most EXPIRY_PAUSE_MAX late. */

import { inProcessBroker } from '@quadrille/messaging'
import { aMessage } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it } from 'vitest'
import {
  expiresAt,
  expiryPaused,
  inventoryPublisher,
  mug,
  onError,
  openShop,
  overdueIds,
  overRabbitMq,
  place,
  publisherOf,
  statusOf,
} from './expiring-shop.ts'

it('an order does not expire at a start if its InventoryReserved waits in the inbox', async () => {
  const broker = await overRabbitMq()
  const { sql, start } = await openShop(broker)
  const before = await start({ ORDER_TTL: '2s', EXPIRY_PAUSE_MAX: '1h' })
  const reserved = await inventoryPublisher(broker)
  const orderId = await place(before.url)
  await before.stop()
  await reserved({ orderId, ...mug })
  await waitFor(async () => expect(await overdueIds(sql)).toEqual([orderId]))
  const after = await start()
  await waitFor(async () => expect(await statusOf(after.url, orderId)).not.toBe('placed'))
  expect(await statusOf(after.url, orderId)).toBe('fulfilled')
})

it('no order expires at a start with another broker: its events may wait in the outboxes of other services', async () => {
  const { sql, start } = await openShop(await overRabbitMq())
  const before = await start({ ORDER_TTL: '1s', EXPIRY_PAUSE_MAX: '1h' })
  const orderId = await place(before.url)
  await before.stop()
  await sql.query("update broker_in_use set system = 'in_process'")
  for (let starts = 0; starts < 2; starts += 1) {
    const { url, stop } = await start()
    await waitFor(async () => expect(await expiryPaused(url)).toMatch(/^the broker was changed \d+ s ago$/))
    await stop()
  }
  expect(await overdueIds(sql)).toEqual([orderId])
})

it('an order expires on time if no event is delayed, and readiness and a metric show no pause', async () => {
  const { start } = await openShop(await overRabbitMq())
  const { url } = await start({ ORDER_TTL: '1s', EXPIRY_PAUSE_MAX: '1h' })
  const orderId = await place(url)
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('cancelled: expired'))
  await waitFor(async () => expect(await expiryPaused(url)).toBeNull())
  const metrics = async () => (await fetch(`${url}/metrics`)).text()
  await waitFor(async () => expect(await metrics()).toContain('quadrille_expiry_paused{service="order"} 0'))
})

/** Its last field has a NUL, which Postgres stores in JSON but cannot read as text. */
const traceparentWithNul = `01-${'a'.repeat(32)}-${'b'.repeat(16)}-01-\0`

it('a malformed traceparent in an event is not stored, and the order expires', async () => {
  const broker = await overRabbitMq()
  const { sql, start } = await openShop(broker)
  const { url } = await start({ EXPIRY_PAUSE_MAX: '1h' })
  const publish = await publisherOf(broker, 'payment')
  const orderId = await place(url)
  const data = { orderId, amount: 1_500, currency: 'EUR', gatewayReference: 'ch_1' }
  await publish({ ...aMessage('PaymentProcessed', data, new Date()), traceparent: traceparentWithNul })
  const types = async () => {
    const select = "select event->>'type' as type from order_event where order_id = $1 order by seq"
    return (await sql.query<{ type: string }>(select, [orderId])).map(({ type }) => type)
  }
  await waitFor(async () => expect(await types()).toEqual(['OrderPlaced', 'PaymentProcessed']))
  await expiresAt(sql, orderId, -1)
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('cancelled: expired'))
  expect(await types()).toEqual(['OrderPlaced', 'PaymentProcessed', 'OrderCancelled'])
})

it('an order expires after EXPIRY_PAUSE_MAX, and readiness and a metric show the pause', async () => {
  const { sql, start } = await openShop(inProcessBroker({ onError })) // the other services never join
  const { url } = await start({ ORDER_TTL: '1s', EXPIRY_PAUSE_MAX: '10s' })
  const orderId = await place(url)
  await waitFor(async () => expect(await overdueIds(sql)).toEqual([orderId]))
  expect(await expiryPaused(url)).toBe('older messages in order.inbox are not handled yet')
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('quadrille_expiry_paused{service="order"} 1')
  await waitFor(async () => expect(await overdueIds(sql, 2_000)).toEqual([orderId]))
  expect(await statusOf(url, orderId)).toBe('placed')
  await waitFor(async () => expect(await statusOf(url, orderId)).toBe('cancelled: expired'))
})

it('orders expire by the clock of the database', async () => {
  const { sql, start } = await openShop(inProcessBroker({ onError }))
  const { url, stop } = await start({ ORDER_TTL: '1h' })
  const [early, over, longOver] = [await place(url), await place(url), await place(url)]
  await stop()
  await expiresAt(sql, early, 30)
  await expiresAt(sql, over, -1)
  await expiresAt(sql, longOver, -61)
  expect(await overdueIds(sql)).toEqual([longOver, over])
  expect(await overdueIds(sql, 60_000)).toEqual([longOver])
})
