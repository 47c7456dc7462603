import { type DataOf, type Message, type MessageType, newOrderId } from '@quadrille/events'
import { aMessage, anOrder, aPlacedOrder, toWire } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { beforeEach, expect, test } from 'vitest'
import { LiveOrders } from '../../src/terminal/live-orders.ts'
import { plain } from '../../src/terminal/style.ts'

let lines: string[]
let nowMs: number
let orders: LiveOrders

/** The terminal after a start. */
const start = (print = (line: string) => lines.push(line) > 0) => {
  orders = new LiveOrders({ print, style: plain, nowMs: () => nowMs, pageOf: (id) => `http://console/orders/${id}` })
}

beforeEach(() => {
  lines = []
  nowMs = noon.getTime()
  start()
})

/** Publishes an event that occurred so long after noon. */
const publish = <Type extends MessageType>(type: Type, data: DataOf<Type>, ms = 0): void =>
  orders.published(toWire(aMessage(type, data, new Date(noon.getTime() + ms)) as Message))

const money = (orderId: string) => ({ orderId, amount: 4_500, currency: 'EUR', gatewayReference: 'sim_1' })
const stock = (orderId: string) => ({ orderId, lines: [{ sku: 'mug', quantity: 2 }] })

/** An order that is fulfilled after so long. */
const fulfil = (orderId: string, ms = 23): void => {
  publish('OrderPlaced', aPlacedOrder(orderId))
  publish('PaymentProcessed', money(orderId), 10)
  publish('InventoryReserved', stock(orderId), 20)
  publish('OrderFulfilled', anOrder(orderId), ms)
}

/** The lines without the time and the id. */
const texts = () => lines.map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} {2}(….{8} {2})?/, ''))

test('an order that is fulfilled is one line, with the time and the end of its id', () => {
  const id = newOrderId()
  fulfil(id)
  expect(texts()).toEqual(['placed 45.00 EUR → paid → reserved → fulfilled  in 23 ms'])
  expect(lines[0]).toMatch(/^\d\d:00:00\.023 {2}/)
  expect(lines[0]).toContain(`  …${id.slice(-8)}  `)
})

test('a cancelled order is one line when payment and inventory have answered', () => {
  const id = newOrderId()
  publish('OrderPlaced', aPlacedOrder(id))
  publish('PaymentProcessed', money(id))
  publish('InventoryRejected', { orderId: id, missing: [{ sku: 'mug', requested: 2, available: 1 }] })
  publish('OrderCancelled', { ...anOrder(id), reason: 'out_of_stock' })
  expect(lines).toEqual([])
  publish('PaymentRefunded', money(id), 2_345)
  expect(texts()).toEqual(['placed 45.00 EUR → paid → out of stock → cancelled → refunded  in 2.3 s'])
})

test('a refund that was refused ends a line, and the refund after it is another', () => {
  const id = newOrderId()
  publish('OrderPlaced', aPlacedOrder(id))
  publish('PaymentProcessed', money(id))
  publish('OrderCancelled', { ...anOrder(id), reason: 'customer' })
  publish('InventoryReleased', stock(id))
  publish('PaymentRefundFailed', { orderId: id, amount: 4_500, currency: 'EUR', code: 'expired_card' }, 120_000)
  publish('PaymentRefunded', money(id))
  expect(texts()).toEqual([
    'placed 45.00 EUR → paid → cancelled by the customer → stock released → refund refused  in 2 min',
    '… → refunded',
  ])
})

test('an order that takes long is shown once with its page, and again when it ends', () => {
  const id = newOrderId()
  publish('OrderPlaced', aPlacedOrder(id))
  for (const ms of [1_999, 2_100, 3_100]) {
    nowMs = noon.getTime() + ms
    orders.tick()
  }
  publish('PaymentDeclined', { orderId: id, amount: 1, currency: 'EUR', code: 'x', category: 'refused' })
  publish('OrderCancelled', { ...anOrder(id), reason: 'payment_declined' })
  publish('InventoryReleased', stock(id), 4_000)
  expect(texts()).toEqual([
    `placed 45.00 EUR → open for 2.1 s  http://console/orders/${id}`,
    'placed 45.00 EUR → payment declined → cancelled → stock released  in 4.0 s',
  ])
})

test('of many orders that take long, it shows three a second', () => {
  for (let count = 0; count < 10; count += 1) publish('OrderPlaced', aPlacedOrder())
  nowMs += 2_500
  for (const shown of [3, 6, 9, 10, 10]) {
    orders.tick()
    expect(lines).toHaveLength(shown)
  }
})

test('events of an order from before the start are lines of their own; notifications are not shown', () => {
  const id = newOrderId()
  publish('PaymentProcessed', money(id))
  publish('NotificationSent', { orderId: id, channel: 'email', occasion: 'order_placed' })
  publish('ShipmentDispatched', { orderId: id, carrier: 'D\u202eHL', trackingCode: '0034', at: noon.toISOString() })
  expect(texts()).toEqual(['… → paid', String.raw`… → a parcel is on its way: D\u202eHL 0034`])
})

test('an event that is published again is not shown again', () => {
  const id = newOrderId()
  const event = toWire(aMessage('OrderFulfilled', anOrder(id)))
  fulfil(id)
  orders.published(event)
  orders.published(event)
  expect(lines).toHaveLength(1)
})

test('of many orders a second it shows 20, and says how many it left out; the others never appear', () => {
  const ids = Array.from({ length: 500 }, () => newOrderId())
  for (const id of ids) fulfil(id)
  expect(lines).toHaveLength(20)
  nowMs += 1_000
  orders.tick()
  expect(texts().at(-1)).toBe('480 more, not shown')
  const [leftOut = ''] = ids.slice(-1)
  publish('PaymentRefunded', money(leftOut))
  expect(lines).toHaveLength(21)
  fulfil(newOrderId())
  expect(lines).toHaveLength(22)
})

test('after a burst, the later events of an order that was shown are shown', () => {
  const ids = Array.from({ length: 500 }, () => newOrderId())
  for (const id of ids) fulfil(id)
  orders.tick()
  orders.tick()
  const id = newOrderId()
  fulfil(id)
  const [leftOut = ''] = ids.slice(-1)
  for (const orderId of [leftOut, id])
    publish('ShipmentDispatched', { orderId, carrier: 'DHL', trackingCode: '0034', at: noon.toISOString() })
  expect(texts().slice(-2)).toEqual([
    'placed 45.00 EUR → paid → reserved → fulfilled  in 23 ms',
    '… → a parcel is on its way: DHL 0034',
  ])
})

test('it remembers a bounded number of left out orders', () => {
  const ids = Array.from({ length: 10_030 }, () => newOrderId())
  for (const id of ids) publish('OrderPlaced', aPlacedOrder(id))
  for (const id of ids.slice(20)) publish('PaymentProcessed', money(id))
  expect(texts()).toEqual(Array.from({ length: 10 }, () => '… → paid'))
})

test('it remembers a bounded number of open orders', () => {
  const ids = Array.from({ length: 1_001 }, () => newOrderId())
  for (const [index, id] of ids.entries()) {
    if (index % 20 === 0) orders.tick()
    publish('OrderPlaced', aPlacedOrder(id))
  }
  orders.tick()
  const [first = '', second = ''] = ids
  publish('PaymentProcessed', money(first))
  publish('PaymentProcessed', money(second))
  expect(texts()).toEqual(['… → paid'])
})

test('a reader that does not read makes it leave out lines, and an event that it cannot read is not shown', () => {
  start(() => false)
  fulfil(newOrderId())
  start()
  orders.published({ ...toWire(aMessage('OrderPlaced', aPlacedOrder())), body: Buffer.from('{}') })
  orders.tick()
  expect(lines).toEqual([])
})
