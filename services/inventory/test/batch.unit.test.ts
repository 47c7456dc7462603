/** A batch in memory: one order after the other, on the same rows. */
import { type Message, newOrderId, shop } from '@quadrille/events'
import { fold } from '@quadrille/service'
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

const mugs = (onHand: number) => new InventorySet([], [{ sku: 'mug', onHand, reserved: 0 }])
const run = (set: InventorySet, messages: readonly Message[]) => {
  const { steps, failures } = fold(set, messages, options)
  return { said: steps.flatMap(({ events }) => events.map(({ type }) => type)), failures: failures.size }
}

describe('a batch', () => {
  it('serves those whom the stock suffices for, and no more', () => {
    const orders = Array.from({ length: 100 }, () => newOrderId())
    const set = mugs(60)
    const { said } = run(set, [...orders.map(placed), ...orders.map(paid)])
    expect(said.filter((type) => type === 'InventoryReserved')).toHaveLength(60)
    expect(said.filter((type) => type === 'InventoryRejected')).toHaveLength(40)
    expect(set.stock.get('mug')).toEqual({ sku: 'mug', onHand: 60, reserved: 60 })
    expect(set.stock.updated()).toHaveLength(1)
  })

  it('gives what a cancelled order held to the next one', () => {
    const [first, second] = [newOrderId(), newOrderId()]
    const set = mugs(1)
    const { said } = run(set, [placed(first), paid(first), cancelled(first), placed(second), paid(second)])
    expect(said).toEqual(['InventoryReserved', 'InventoryReleased', 'InventoryReserved'])
    expect(set.stock.get('mug')).toEqual({ sku: 'mug', onHand: 1, reserved: 1 })
  })

  it('does no new work for what comes after a cancellation', () => {
    const late = newOrderId()
    const set = mugs(1)
    const { said } = run(set, [cancelled(late), paid(late), placed(late), cancelled(late)])
    expect(said).toEqual(['InventoryReleased'])
    expect(set.stock.updated()).toEqual([])
  })

  it('lets a fault cost its neighbours nothing', () => {
    const [good, bad] = [newOrderId(), newOrderId()]
    const set = mugs(1)
    const { said, failures } = run(set, [placed(good), fulfilled(bad), paid(good), fulfilled(good)])
    expect(said).toEqual(['InventoryReserved'])
    expect(failures).toBe(1)
    expect(set.stock.get('mug')).toEqual({ sku: 'mug', onHand: 0, reserved: 0 })
  })

  it('comes to the same end when everything is said twice', () => {
    const twice = newOrderId()
    const set = mugs(3)
    const story = [placed(twice), paid(twice), fulfilled(twice)]
    const { said, failures } = run(set, [...story, ...story])
    expect({ said, failures }).toEqual({ said: ['InventoryReserved'], failures: 0 })
    expect(set.stock.get('mug')).toEqual({ sku: 'mug', onHand: 2, reserved: 0 })
  })
})
