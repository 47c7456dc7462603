import { newOrderId } from '@quadrille/events'
import { faultOf } from '@quadrille/postgres'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { findReservation } from '../src/db/reservation-table.ts'
import { findStock } from '../src/db/stock-table.ts'
import { seedDemo } from '../src/seed.ts'
import { type Applied, type Books, openBooks } from './books.ts'

let books: Books
beforeEach(async () => {
  books = await openBooks(inject('postgresUrl'))
})
afterEach(() => books[Symbol.asyncDispose]())

const placed = (orderId: string) => aMessage('OrderPlaced', aPlacedOrder(orderId))
const paid = (orderId: string) =>
  aMessage('PaymentProcessed', { orderId, amount: 4_500, currency: 'EUR', gatewayReference: orderId })
const cancelled = (orderId: string) => aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' })
const fulfilled = (orderId: string) => aMessage('OrderFulfilled', anOrder(orderId))
const someOrders = (count: number) => Array.from({ length: count }, () => newOrderId())
const lines = [
  { sku: 'mug', quantity: 2 },
  { sku: 'tea', quantity: 1 },
]

describe('the tables', () => {
  it('keep a reservation from batch to batch, through all of its states', async () => {
    const [orderId = ''] = someOrders(1)
    await books.stockUp({ mug: 10, tea: 10 })
    await books.batch([paid(orderId)])
    expect(await findReservation(books.database, orderId)).toEqual({
      orderId,
      lines: [],
      status: 'pending',
      waitsFor: 'order',
    })
    await books.batch([placed(orderId)])
    expect(await findReservation(books.database, orderId)).toEqual({ orderId, lines, status: 'reserved' })
    expect(await findStock(books.database, 'mug')).toEqual({ sku: 'mug', onHand: 10, reserved: 2 })
    await books.batch([fulfilled(orderId)])
    expect(await findReservation(books.database, orderId)).toEqual({ orderId, lines, status: 'committed' })
    expect(await findStock(books.database, 'mug')).toEqual({ sku: 'mug', onHand: 8, reserved: 0 })
    expect(await books.imbalance()).toEqual([])
  })

  it('keep the tombstone of an order that was cancelled first', async () => {
    const [orderId = ''] = someOrders(1)
    await books.stockUp({ mug: 10, tea: 10 })
    await books.batch([cancelled(orderId)])
    const { said } = await books.batch([placed(orderId), paid(orderId)])
    expect(said).toEqual([])
    expect(await findReservation(books.database, orderId)).toEqual({ orderId, lines: [], status: 'released' })
  })

  it('run the same statements for one order and for a hundred, and update the row of their SKU once', async () => {
    await books.stockUp({ mug: 1_000, tea: 1_000 })
    const forOne = await books.batch(someOrders(1).flatMap((id) => [placed(id), paid(id)]))
    const forMany = await books.batch(someOrders(100).flatMap((id) => [placed(id), paid(id)]))
    expect(forMany.statements).toEqual(forOne.statements)
    expect(forMany.statements).toHaveLength(4) // lock reservations, lock stock, insert reservations, update stock
    expect(await findStock(books.database, 'mug')).toEqual({ sku: 'mug', onHand: 1_000, reserved: 202 })
  })

  it('let a transaction wait for another that has loaded the same stock, and sell the last piece once', async () => {
    const [first = '', second = ''] = someOrders(2)
    await books.stockUp({ mug: 2, tea: 2 })
    await books.batch([placed(first), placed(second)])
    let later: Promise<Applied> | undefined
    const earlier = await books.batch([paid(first)], async () => {
      later = books.batch([paid(second)])
      await Promise.race([later, books.somebodyWaits()])
    })
    const said = [...earlier.said, ...((await later)?.said ?? [])]
    expect(said.filter((type) => type === 'InventoryReserved')).toHaveLength(1)
    expect(said).toEqual(['InventoryReserved', 'InventoryRejected'])
    expect(await books.imbalance()).toEqual([])
  })

  it('never overwrite the tombstone that another transaction has left meanwhile: that is a conflict', async () => {
    const [orderId = ''] = someOrders(1)
    const late = books.batch([placed(orderId)], async () => {
      await books.batch([cancelled(orderId)])
    })
    expect(await late.catch(faultOf)).toBe('conflict')
    expect((await books.batch([placed(orderId)])).said).toEqual([])
    expect(await findReservation(books.database, orderId)).toEqual({ orderId, lines: [], status: 'released' })
  })

  it('never deadlock, in whatever order two transactions name the same orders and SKUs', async () => {
    await books.stockUp({ mug: 50, tea: 50 })
    const orders = someOrders(60)
    await books.batch(orders.map(placed))
    const halves = [orders.slice(0, 40), orders.slice(20).toReversed()]
    const rounds = await Promise.all(halves.map((ids) => books.batch(ids.map(paid))))
    const said = rounds.flatMap((round) => round.said)
    expect(said.filter((type) => type === 'InventoryReserved')).toHaveLength(25)
    expect(said.filter((type) => type === 'InventoryRejected')).toHaveLength(35)
    expect(await books.imbalance()).toEqual([])
  })

  it('refuse to hold more than is on hand, whatever the code believes', async () => {
    await books.stockUp({ mug: 1 })
    await expect(books.database.query('update stock set reserved = 2')).rejects.toThrow('stock_never_oversold')
    await expect(books.database.query('update stock set on_hand = -1')).rejects.toThrow('check constraint')
  })
})

describe('the audit of the books', () => {
  it.each(['on_hand = on_hand - 1', 'reserved = reserved + 1'])('sees %s', async (theft) => {
    await books.stockUp({ mug: 10 })
    expect(await books.imbalance()).toEqual([])
    await books.database.query(`update stock set ${theft}`)
    expect(await books.imbalance()).toMatchObject([{ sku: 'mug' }])
  })
})

describe('the demo catalog', () => {
  it('is put in once, also when it was sold from since', async () => {
    await seedDemo(books.database)
    const [orderId = ''] = someOrders(1)
    await books.batch([placed(orderId), paid(orderId), fulfilled(orderId)])
    const before = await books.database.query('select * from stock order by sku')
    await seedDemo(books.database)
    expect(await books.database.query('select * from stock order by sku')).toEqual(before)
    expect(await books.imbalance()).toEqual([])
  })

  it('is put in once by two instances that start together', async () => {
    await Promise.all([seedDemo(books.database), seedDemo(books.database)])
    expect(await books.imbalance()).toEqual([])
    expect(await findStock(books.database, 'teapot')).toEqual({ sku: 'teapot', onHand: 3, reserved: 0 })
  })
})
