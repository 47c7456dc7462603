/** A batch in memory: one order after the other, on the same rows. */
import { type Message, newOrderId, shop } from '@quadrille/events'
import { fold } from '@quadrille/service/tools'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { InventorySet } from '../src/db/tables.ts'
import { inventory } from '../src/service.ts'

const options = { language: shop, service: 'inventory', reactions: inventory.reactions, now: noon }
const lines = [{ sku: 'mug', quantity: 1, unitPrice: 4_500 }]

const placed = (orderId: string) => aMessage('OrderPlaced', { ...aPlacedOrder(orderId), lines })
const paid = (orderId: string) =>
  aMessage('PaymentProcessed', { orderId, amount: 4_500, currency: 'EUR', gatewayReference: orderId })
const cancelled = (orderId: string) => aMessage('OrderCancelled', { ...anOrder(orderId), lines, reason: 'customer' })
const fulfilled = (orderId: string) => aMessage('OrderFulfilled', { ...anOrder(orderId), lines })

const mugs = (onHand: number) => new InventorySet({ stock: [{ sku: 'mug', onHand, reserved: 0 }] })
const run = (set: InventorySet, messages: readonly Message[]) => {
  const { steps, failures } = fold(set, messages, options)
  return { published: steps.flatMap(({ events }) => events.map(({ type }) => type)), failures: failures.size }
}

describe('a batch', () => {
  it('serves as many orders as the stock allows, and no more', () => {
    const orders = Array.from({ length: 100 }, () => newOrderId())
    const set = mugs(60)
    const { published } = run(set, [...orders.map(placed), ...orders.map(paid)])
    expect(published.filter((type) => type === 'InventoryReserved')).toHaveLength(60)
    expect(published.filter((type) => type === 'InventoryRejected')).toHaveLength(40)
    expect(set.stock.get('mug')).toEqual({ sku: 'mug', onHand: 60, reserved: 60 })
    expect(set.stock.updated()).toHaveLength(1)
  })

  it('gives the stock of a cancelled order to the next one', () => {
    const [first, second] = [newOrderId(), newOrderId()]
    const set = mugs(1)
    const { published } = run(set, [placed(first), paid(first), cancelled(first), placed(second), paid(second)])
    expect(published).toEqual(['InventoryReserved', 'InventoryReleased', 'InventoryReserved'])
    expect(set.stock.get('mug')).toEqual({ sku: 'mug', onHand: 1, reserved: 1 })
  })

  it('does no new work for messages after a cancellation', () => {
    const late = newOrderId()
    const set = mugs(1)
    const { published } = run(set, [cancelled(late), paid(late), placed(late), cancelled(late)])
    expect(published).toEqual(['InventoryReleased'])
    expect(set.stock.updated()).toEqual([])
  })

  it('applies the other messages if one fails', () => {
    const [good, bad] = [newOrderId(), newOrderId()]
    const set = mugs(1)
    const { published, failures } = run(set, [placed(good), fulfilled(bad), paid(good), fulfilled(good)])
    expect(published).toEqual(['InventoryReserved'])
    expect(failures).toBe(1)
    expect(set.stock.get('mug')).toEqual({ sku: 'mug', onHand: 0, reserved: 0 })
  })

  it('ends in the same state if every message arrives twice', () => {
    const twice = newOrderId()
    const set = mugs(3)
    const story = [placed(twice), paid(twice), fulfilled(twice)]
    const { published, failures } = run(set, [...story, ...story])
    expect({ published, failures }).toEqual({ published: ['InventoryReserved'], failures: 0 })
    expect(set.stock.get('mug')).toEqual({ sku: 'mug', onHand: 2, reserved: 0 })
  })
})
