import { type Message, newOrderId } from '@quadrille/events'
import { faultOf } from '@quadrille/postgres'
import { claim } from '@quadrille/service/tools'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { claimedByTest } from '@quadrille/testing'
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { deleteFirstResponses, insertKey } from '../src/db/idempotency-table.ts'
import { findPhotos } from '../src/db/photo-table.ts'
import { findReservation } from '../src/db/reservation-table.ts'
import { findStock, lockStock } from '../src/db/stock-table.ts'
import { seedDemo } from '../src/seed.ts'
import { inventory } from '../src/service.ts'
import { type Applied, type BatchRunner, openBatchRunner } from './batch-runner.ts'

let runner: BatchRunner
beforeAll(async () => {
  runner = await openBatchRunner(inject('postgresUrl'))
  return runner.close
})
beforeEach(() => runner.empty())

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
    await runner.setStock({ mug: 10, tea: 10 })
    await runner.batch([paid(orderId)])
    expect(await findReservation(runner.database, orderId)).toEqual({
      orderId,
      lines: [],
      status: 'pending',
      waitsFor: 'order',
    })
    await runner.batch([placed(orderId)])
    expect(await findReservation(runner.database, orderId)).toEqual({ orderId, lines, status: 'reserved' })
    expect(await findStock(runner.database, 'mug')).toEqual({ sku: 'mug', onHand: 10, reserved: 2 })
    await runner.batch([fulfilled(orderId)])
    expect(await findReservation(runner.database, orderId)).toEqual({ orderId, lines, status: 'committed' })
    expect(await findStock(runner.database, 'mug')).toEqual({ sku: 'mug', onHand: 8, reserved: 0 })
    expect(await runner.imbalance()).toEqual([])
  })

  it('keep the missing lines of an order that was rejected', async () => {
    const [orderId = ''] = someOrders(1)
    await runner.setStock({ mug: 1, tea: 10 })
    await runner.batch([placed(orderId)])
    await runner.batch([paid(orderId)])
    const missing = [{ sku: 'mug', requested: 2, available: 1 }]
    expect(await findReservation(runner.database, orderId)).toEqual({ orderId, lines, status: 'rejected', missing })
  })

  it('keep the tombstone of an order that was cancelled first', async () => {
    const [orderId = ''] = someOrders(1)
    await runner.setStock({ mug: 10, tea: 10 })
    await runner.batch([cancelled(orderId)])
    const { published } = await runner.batch([placed(orderId), paid(orderId)])
    expect(published).toEqual([])
    expect(await findReservation(runner.database, orderId)).toEqual({ orderId, lines: [], status: 'released' })
  })

  it.each([true, false])('load and lock no row of an order that is not claimed (waits: %s)', async (waits) => {
    const [claimedId = '', placedId = '', reservedId = ''] = someOrders(3)
    await runner.setStock({ mug: 10, tea: 10, pen: 10 })
    await runner.batch([
      aMessage('OrderPlaced', { ...aPlacedOrder(reservedId), lines: [{ sku: 'pen', quantity: 1, unitPrice: 100 }] }),
    ])
    const messages = [
      aMessage('OrderPlaced', { ...aPlacedOrder(claimedId), lines: [{ sku: 'mug', quantity: 1, unitPrice: 100 }] }),
      aMessage('OrderPlaced', { ...aPlacedOrder(placedId), lines: [{ sku: 'tea', quantity: 1, unitPrice: 100 }] }),
      paid(reservedId),
    ]
    await runner.database.transaction(async (sql) => {
      const claimedSql = await claimedByTest(sql, [claimedId])
      const set = await inventory.tables.load(sql, { messages, claimedSql, waits })
      const skusOf = (message: Message) => [...set.of(message).stock.keys()]
      expect(messages.map(skusOf)).toEqual([['mug'], [], []])
      expect(messages.map((message) => set.isLocked?.(message))).toEqual([false, false, false])
      expect(await runner.freeSkus()).toEqual(['pen', 'tea'])
    })
  })

  it('report a message that needs a SKU which another session has locked, so that it is not handled without its stock', async () => {
    const [paidId = '', freeId = ''] = someOrders(2)
    await runner.setStock({ mug: 10, tea: 10, pen: 10 })
    await runner.batch([placed(paidId)])
    const messages = [
      paid(paidId),
      placed(newOrderId()),
      aMessage('OrderPlaced', { ...aPlacedOrder(freeId), lines: [{ sku: 'pen', quantity: 1, unitPrice: 100 }] }),
    ]
    await runner.database.transaction(async (other) => {
      await lockStock(other, ['tea'])
      await runner.database.transaction(async (sql) => {
        const subjects = messages.map(({ subject }) => subject)
        const claimedSql = await claimedByTest(sql, subjects)
        const set = await inventory.tables.load(sql, { messages, claimedSql, waits: false })
        expect(messages.map((message) => set.isLocked?.(message))).toEqual([true, true, false])
      })
    })
  })

  it('lock the stock that a request reads, so that it can set what was counted', async () => {
    await runner.setStock({ mug: 1, tea: 1 })
    await runner.database.transaction(async (sql) => {
      await lockStock(sql, ['mug'])
      expect(await runner.freeSkus()).toEqual(['tea'])
    })
  })

  it('let no transaction claim a photo that another session has locked, so that its outcome is stored later', async () => {
    const [photoId = ''] = someOrders(1)
    const blob = { key: `${photoId}/original`, mediaType: 'image/png', size: 1, sha256: '0'.repeat(64) } as const
    const rejected = aMessage('PhotoRejected', { photoId, reason: 'unreadable' })
    await runner.batch([aMessage('PhotoUploaded', { photoId, sku: 'mug', blob })])
    const claimed = () => runner.database.transaction((sql) => claim(sql, [rejected], inventory.tables))
    await runner.database.transaction(async (other) => {
      await other.query('select from photo for update')
      expect(await claimed()).toEqual(new Set())
    })
    expect(await claimed()).toEqual(new Set([rejected]))
    await runner.database.query(`update photo set updated_at = now() - interval '2 hours'`)
    await runner.batch([rejected])
    expect(await runner.database.query(`select from photo where updated_at < now() - interval '1 hour'`)).toEqual([])
    expect(await findPhotos(runner.database, [photoId])).toMatchObject([{ status: 'rejected' }])
  })

  it('run the same statements for one order and for a hundred, and update the row of their SKU once', async () => {
    await runner.setStock({ mug: 1_000, tea: 1_000 })
    const forOne = await runner.batch(someOrders(1).flatMap((id) => [placed(id), paid(id)]))
    const forMany = await runner.batch(someOrders(100).flatMap((id) => [placed(id), paid(id)]))
    expect(forMany.statements).toEqual(forOne.statements)
    expect(forMany.statements).toHaveLength(4) // lock reservations, lock stock, insert reservations, update stock
    expect(await findStock(runner.database, 'mug')).toEqual({ sku: 'mug', onHand: 1_000, reserved: 202 })
  })

  it('make a transaction wait for another that has loaded the same stock, and sell the last piece once', async () => {
    const [first = '', second = ''] = someOrders(2)
    await runner.setStock({ mug: 2, tea: 2 })
    await runner.batch([placed(first), placed(second)])
    let later: Promise<Applied> | undefined
    const earlier = await runner.batch([paid(first)], async () => {
      later = runner.batch([paid(second)])
      await Promise.race([later, runner.aTransactionWaits()])
    })
    const published = [...earlier.published, ...((await later)?.published ?? [])]
    expect(published.filter((type) => type === 'InventoryReserved')).toHaveLength(1)
    expect(published).toEqual(['InventoryReserved', 'InventoryRejected'])
    expect(await runner.imbalance()).toEqual([])
  })

  it('never overwrite the tombstone of a concurrent transaction: that is a conflict', async () => {
    const [orderId = ''] = someOrders(1)
    const late = runner.batch([placed(orderId)], async () => {
      await runner.batch([cancelled(orderId)])
    })
    expect(await late.catch(faultOf)).toBe('conflict')
    expect((await runner.batch([placed(orderId)])).published).toEqual([])
    expect(await findReservation(runner.database, orderId)).toEqual({ orderId, lines: [], status: 'released' })
  })

  it('never deadlock if two transactions have the orders and SKUs in different orders', async () => {
    await runner.setStock({ mug: 50, tea: 50 })
    const orders = someOrders(60)
    await runner.batch(orders.map(placed))
    const halves = [orders.slice(0, 40), orders.slice(20).toReversed()]
    const rounds = await Promise.all(halves.map((ids) => runner.batch(ids.map(paid))))
    const published = rounds.flatMap((round) => round.published)
    expect(published.filter((type) => type === 'InventoryReserved')).toHaveLength(25)
    expect(published.filter((type) => type === 'InventoryRejected')).toHaveLength(35)
    expect(await runner.imbalance()).toEqual([])
  })

  it('have constraints that reject more reserved than on hand', async () => {
    await runner.setStock({ mug: 1 })
    await expect(runner.database.query('update stock set reserved = 2')).rejects.toThrow('stock_never_oversold')
    await expect(runner.database.query('update stock set on_hand = -1')).rejects.toThrow('check constraint')
  })
})

it('an idempotency key of a receipt is kept for its time', async () => {
  const sql = runner.database
  for (const key of ['new', 'old', 'older']) await insertKey(sql, key, 'hash')
  await sql.query(`update receipt_answer set created_at = now() - interval '25 hours' where idempotency_key <> 'new'`)
  const day = { olderThanMs: 86_400_000, limit: 1 }
  expect([await deleteFirstResponses(sql, day), await deleteFirstResponses(sql, day)]).toEqual([1, 1])
  expect(await deleteFirstResponses(sql, day)).toBe(0)
  expect(await insertKey(sql, 'new', 'hash')).toBe(false)
})

describe('the audit of the tables', () => {
  it.each(['on_hand = on_hand - 1', 'reserved = reserved + 1'])('detects %s', async (theft) => {
    await runner.setStock({ mug: 10 })
    expect(await runner.imbalance()).toEqual([])
    await runner.database.query(`update stock set ${theft}`)
    expect(await runner.imbalance()).toMatchObject([{ sku: 'mug' }])
  })
})

describe('the demo catalog', () => {
  it('is added once, also after sales', async () => {
    await seedDemo(runner.database)
    const [orderId = ''] = someOrders(1)
    await runner.batch([placed(orderId), paid(orderId), fulfilled(orderId)])
    const before = await runner.database.query('select * from stock order by sku')
    await seedDemo(runner.database)
    expect(await runner.database.query('select * from stock order by sku')).toEqual(before)
    expect(await runner.imbalance()).toEqual([])
  })

  it('is added once by two instances that start together', async () => {
    await Promise.all([seedDemo(runner.database), seedDemo(runner.database)])
    expect(await runner.imbalance()).toEqual([])
    expect(await findStock(runner.database, 'teapot')).toEqual({ sku: 'teapot', onHand: 3, reserved: 0 })
  })
})
