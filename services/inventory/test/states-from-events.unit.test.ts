/** The states of a reservation, from events for which random histories (system-tests/histories) have no example. */
import { type Message, newOrderId } from '@quadrille/events'
import { createFoldEvents } from '@quadrille/service/tools'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { expect, it } from 'vitest'
import { inventory } from '../src/service.ts'

const orderId = newOrderId()
const mug = { sku: 'mug', quantity: 1, unitPrice: 4_500 }
const placed = aMessage('OrderPlaced', { ...aPlacedOrder(orderId), lines: [mug, mug] })
const paid = aMessage('PaymentProcessed', { orderId, amount: 9_000, currency: 'EUR', gatewayReference: 'g1' })
const cancelled = aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' })
const reserved = aMessage('InventoryReserved', { orderId, lines: [{ sku: 'mug', quantity: 2 }] })

const outcomesOf = (events: readonly Message[]) =>
  [...(createFoldEvents(inventory)?.(events.map((event) => ({ ...event }))) ?? [])].map(({ outcome, after }) => ({
    outcome,
    after,
  }))

const pending = { outcome: 'applied', after: expect.objectContaining({ status: 'pending' }) }
const held = { outcome: 'applied', after: { orderId, status: 'reserved', lines: [{ sku: 'mug', quantity: 2 }] } }

it('lacks only the missing lines if an order is rejected, although another SKU is on two lines', () => {
  const missing = [{ sku: 'tea', requested: 1, available: 0 }]
  const withTea = aMessage('OrderPlaced', { ...aPlacedOrder(orderId), lines: [mug, mug, { ...mug, sku: 'tea' }] })
  const lines = [...held.after.lines, { sku: 'tea', quantity: 1 }]
  const rejected = { outcome: 'applied', after: { orderId, status: 'rejected', lines, missing } }
  const answer = aMessage('InventoryRejected', { orderId, missing })
  expect(outcomesOf([withTea, paid, answer])).toEqual([pending, rejected, rejected])
})

it('follows from the answer alone if the placed order is missing, for example because this version can’t read it', () => {
  expect(outcomesOf([paid, reserved])).toEqual([pending, held])
})

it('is uncertain while the answer is missing, but not after a cancellation', () => {
  expect(outcomesOf([placed, paid])).toEqual([pending, { ...pending, outcome: 'uncertain' }])
  expect(outcomesOf([paid, placed])).toEqual([pending, { ...pending, outcome: 'uncertain' }])
  const released = { outcome: 'applied', after: { orderId, status: 'released', lines: [] } }
  expect(outcomesOf([paid, cancelled])).toEqual([pending, released])
})
