import { type DataOf, type Message, type MessageType, newOrderId } from '@quadrille/events'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
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

/** Commits an event that occurred so long after noon. */
const commit = <Type extends MessageType>(type: Type, data: DataOf<Type>, ms = 0): void =>
  orders.committed(aMessage(type, data, new Date(noon.getTime() + ms)) as Message)

const money = (orderId: string) => ({ orderId, amount: 4_500, currency: 'EUR', gatewayReference: 'sim_1' })
const stock = (orderId: string) => ({ orderId, lines: [{ sku: 'mug', quantity: 2 }] })

/** An order that is fulfilled after so long. */
const fulfil = (orderId: string, ms = 23): void => {
  commit('OrderPlaced', aPlacedOrder(orderId))
  commit('PaymentProcessed', money(orderId), 10)
  commit('InventoryReserved', stock(orderId), 20)
  commit('OrderFulfilled', anOrder(orderId), ms)
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
  commit('OrderPlaced', aPlacedOrder(id))
  commit('PaymentProcessed', money(id))
  commit('InventoryRejected', { orderId: id, missing: [{ sku: 'mug', requested: 2, available: 1 }] })
  commit('OrderCancelled', { ...anOrder(id), reason: 'out_of_stock' })
  expect(lines).toEqual([])
  commit('PaymentRefunded', money(id), 2_345)
  expect(texts()).toEqual(['placed 45.00 EUR → paid → out of stock → cancelled → refunded  in 2.3 s'])
})

test('a refund that was refused ends a line, and the refund after it is another', () => {
  const id = newOrderId()
  commit('OrderPlaced', aPlacedOrder(id))
  commit('PaymentProcessed', money(id))
  commit('OrderCancelled', { ...anOrder(id), reason: 'customer' })
  commit('InventoryReleased', stock(id))
  commit('PaymentRefundFailed', { orderId: id, amount: 4_500, currency: 'EUR', code: 'expired_card' }, 120_000)
  commit('PaymentRefunded', money(id))
  expect(texts()).toEqual([
    'placed 45.00 EUR → paid → cancelled by the customer → stock released → refund refused  in 2 min',
    '… → refunded',
  ])
})

test('an order that takes long is shown once with its page, and again when it ends', () => {
  const id = newOrderId()
  commit('OrderPlaced', aPlacedOrder(id))
  for (const ms of [1_999, 2_100, 3_100]) {
    nowMs = noon.getTime() + ms
    orders.tick()
  }
  commit('PaymentDeclined', { orderId: id, amount: 1, currency: 'EUR', code: 'x', category: 'refused' })
  commit('OrderCancelled', { ...anOrder(id), reason: 'payment_declined' })
  commit('InventoryReleased', stock(id), 4_000)
  expect(texts()).toEqual([
    `placed 45.00 EUR → open for 2.1 s  http://console/orders/${id}`,
    'placed 45.00 EUR → payment declined → cancelled → stock released  in 4.0 s',
  ])
})

test('of many orders that take long, it shows three a second', () => {
  for (let count = 0; count < 10; count += 1) commit('OrderPlaced', aPlacedOrder())
  nowMs += 2_500
  for (const shown of [3, 6, 9, 10, 10]) {
    orders.tick()
    expect(lines).toHaveLength(shown)
  }
})

test('events of an order from before the start are lines of their own; notifications are not shown', () => {
  const id = newOrderId()
  commit('PaymentProcessed', money(id))
  commit('NotificationSent', { orderId: id, channel: 'email', occasion: 'order_placed' })
  commit('ShipmentDispatched', { orderId: id, carrier: 'D\u202eHL', trackingCode: '0034', at: noon.toISOString() })
  expect(texts()).toEqual(['… → paid', String.raw`… → a parcel is on its way: D\u202eHL 0034`])
})

test('of many orders a second it shows 20, and says how many it left out; the others never appear', () => {
  const ids = Array.from({ length: 500 }, () => newOrderId())
  for (const id of ids) fulfil(id)
  expect(lines).toHaveLength(20)
  nowMs += 1_000
  orders.tick()
  expect(texts().at(-1)).toBe('480 more, not shown')
  const [leftOut = ''] = ids.slice(-1)
  commit('PaymentRefunded', money(leftOut))
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
    commit('ShipmentDispatched', { orderId, carrier: 'DHL', trackingCode: '0034', at: noon.toISOString() })
  expect(texts().slice(-2)).toEqual([
    'placed 45.00 EUR → paid → reserved → fulfilled  in 23 ms',
    '… → a parcel is on its way: DHL 0034',
  ])
})

test('it remembers a bounded number of left out orders', () => {
  const ids = Array.from({ length: 10_030 }, () => newOrderId())
  for (const id of ids) commit('OrderPlaced', aPlacedOrder(id))
  for (const id of ids.slice(20)) commit('PaymentProcessed', money(id))
  expect(texts()).toEqual(Array.from({ length: 10 }, () => '… → paid'))
})

test('it remembers a bounded number of open orders', () => {
  const ids = Array.from({ length: 1_001 }, () => newOrderId())
  for (const [index, id] of ids.entries()) {
    if (index % 20 === 0) orders.tick()
    commit('OrderPlaced', aPlacedOrder(id))
  }
  orders.tick()
  const [first = '', second = ''] = ids
  commit('PaymentProcessed', money(first))
  commit('PaymentProcessed', money(second))
  expect(texts()).toEqual(['… → paid'])
})

test('a reader that does not read makes it leave out lines', () => {
  start(() => false)
  fulfil(newOrderId())
  orders.tick()
  expect(lines).toEqual([])
})
