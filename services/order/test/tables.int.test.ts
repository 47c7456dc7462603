import { type DataOf, type Message, newOrderId, shop } from '@quadrille/events'
import { type Database, faultOf, migrate, openDatabase, type Sql } from '@quadrille/postgres'
import { fold } from '@quadrille/service'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { createTestDatabase, noon, type TestDatabase } from '@quadrille/testing'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { listHistory } from '../src/db/history-table.ts'
import { findKeys } from '../src/db/idempotency-table.ts'
import { findOrder, listOrders } from '../src/db/order-table.ts'
import { order } from '../src/service.ts'

let testDatabase: TestDatabase
let database: Database
beforeEach(async () => {
  testDatabase = await createTestDatabase(inject('postgresUrl'))
  await migrate(testDatabase.url, order.migrations)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', onIdleError: () => undefined })
})
afterEach(async () => {
  await database.end()
  await testDatabase.drop()
})

const options = { language: shop, service: 'order', reactions: order.reactions, now: noon }

interface Applied {
  readonly statements: readonly string[]
  readonly published: readonly string[]
}

/**
 * Runs one batch in one transaction, like an instance. `meanwhile` runs after the rows are loaded and before they are
 * saved.
 */
const batch = (
  messages: readonly Message[],
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<Applied> =>
  database.transaction(async (sql) => {
    const statements: string[] = []
    const recorded: Sql = {
      query: (text, values) => {
        statements.push(text)
        return sql.query(text, values)
      },
    }
    const set = await order.tables.load(recorded, messages)
    const { steps, failures } = fold(set, messages, options)
    for (const error of failures.values()) throw error
    await meanwhile()
    await set.save(recorded, steps)
    return { statements, published: steps.flatMap(({ events }) => events.map(({ type }) => type)) }
  })

const somebodyWaits = () =>
  vi.waitUntil(
    async () => {
      const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
      return (await database.query(waiting)).length > 0
    },
    { timeout: 10_000 },
  )

const submitted = (orderId: string, key?: string) => {
  const idempotency = key === undefined ? {} : { idempotency: { key, requestHash: 'hash' } }
  const submission: DataOf<'OrderSubmitted'> = {
    ...aPlacedOrder(orderId),
    createdAt: noon.toISOString(),
    ...idempotency,
  }
  return aMessage('OrderSubmitted', submission)
}
const money = (orderId: string) => ({ orderId, amount: 4_500, currency: 'EUR', gatewayReference: orderId })
const paid = (orderId: string) => aMessage('PaymentProcessed', money(orderId))
const refunded = (orderId: string) => aMessage('PaymentRefunded', money(orderId))
const reserved = (orderId: string) => aMessage('InventoryReserved', { orderId, lines: [{ sku: 'mug', quantity: 2 }] })
const released = (orderId: string) => aMessage('InventoryReleased', { orderId, lines: [] })
const cancelled = (orderId: string) => aMessage('CancellationRequested', { orderId, reason: 'customer' })
const told = (orderId: string) => aMessage('NotificationSent', { orderId, channel: 'email', occasion: 'order_placed' })

const someOrders = (count: number) => Array.from({ length: count }, () => newOrderId())
const everyOrder = () => listOrders(database, { before: null, limit: 500 })
const historyOf = async (orderId: string) =>
  (await listHistory(database, orderId, { order: 'desc', after: null, limit: 100 }))
    .map(({ event }) => event.type)
    .toSorted()

describe('the tables', () => {
  it('insert a new order, and update it from batch to batch, through all of its states', async () => {
    const [orderId = ''] = someOrders(1)
    expect((await batch([submitted(orderId)])).published).toEqual(['OrderPlaced'])
    expect(await findOrder(database, orderId)).toMatchObject({ status: 'placed', total: 4_500, notifications: [] })
    await batch([paid(orderId)])
    expect(await findOrder(database, orderId)).toMatchObject({ status: 'paid', payment: 'captured', settled: false })
    expect((await batch([reserved(orderId), told(orderId)])).published).toEqual(['OrderFulfilled'])
    expect(await findOrder(database, orderId)).toMatchObject({
      status: 'fulfilled',
      settled: true,
      inventory: 'reserved',
      notifications: [{ channel: 'email', occasion: 'order_placed', status: 'sent' }],
    })
    expect(await everyOrder()).toHaveLength(1)
  })

  it('list at most as many orders as fit on a page, and at least one', async () => {
    await batch(someOrders(10).map((orderId) => submitted(orderId)))
    const [{ bytes }] = (await database.query(
      'select octet_length(lines::text)::int as bytes from customer_order limit 1',
    )) as [{ bytes: number }]
    const listed = async (maxBytes: number) => {
      const orders = await listOrders(database, { before: null, limit: 8, maxBytes })
      return orders.map(({ id }) => id)
    }
    const all = (await everyOrder()).map(({ id }) => id)
    expect(await listed(1)).toEqual(all.slice(0, 1))
    expect(await listed(3 * bytes)).toEqual(all.slice(0, 3))
    expect(await listed(3 * bytes + 1)).toEqual(all.slice(0, 4))
    expect(await listed(100 * bytes)).toEqual(all.slice(0, 8))
  })

  it('insert and update in one batch, depending on whether each order exists', async () => {
    const [known = '', fresh = ''] = someOrders(2)
    await batch([submitted(known)])
    const { published } = await batch([cancelled(known), submitted(fresh), refunded(known), released(known)])
    expect(published).toEqual(['OrderCancelled', 'OrderPlaced'])
    expect(await findOrder(database, known)).toMatchObject({ status: 'cancelled', cancellationReason: 'customer' })
    expect(await findOrder(database, known)).toMatchObject({ payment: 'refunded', settled: true })
    expect(await findOrder(database, fresh)).toMatchObject({ status: 'placed', settled: false })
  })

  it('store every event of an order once, and no internal messages', async () => {
    const [orderId = ''] = someOrders(1)
    await batch([submitted(orderId), paid(orderId)])
    await batch([paid(orderId), told(orderId), told(orderId)])
    expect(await historyOf(orderId)).toEqual(['NotificationSent', 'OrderPlaced', 'PaymentProcessed'])
  })

  it('make a transaction wait for another that has loaded the same order, and end the order once', async () => {
    const [orderId = ''] = someOrders(1)
    await batch([submitted(orderId), paid(orderId)])
    let later: Promise<Applied> | undefined
    const earlier = await batch([reserved(orderId)], async () => {
      later = batch([cancelled(orderId)])
      await Promise.race([later, somebodyWaits()])
    })
    expect([earlier.published, (await later)?.published]).toEqual([['OrderFulfilled'], []])
  })

  it('never deadlock, whatever the order of ids in two transactions', async () => {
    const orders = someOrders(60)
    await batch(orders.map((orderId) => submitted(orderId)))
    const halves = [orders.slice(0, 40), orders.slice(20).toReversed()]
    const rounds = await Promise.all(halves.map((ids) => batch(ids.map(cancelled))))
    expect(rounds.flatMap(({ published }) => published)).toHaveLength(60)
  })
})

describe('the statements of a batch are the same for one order and for a hundred', () => {
  it('when orders are submitted under keys', async () => {
    const submissions = (count: number) => someOrders(count).map((orderId) => submitted(orderId, `key-of-${orderId}`))
    const forOne = await batch(submissions(1))
    const forMany = await batch(submissions(100))
    expect(forMany.statements).toEqual(forOne.statements)
    expect(forMany.statements).toHaveLength(5) // find keys, lock orders, insert orders, keys and history
    expect(await everyOrder()).toHaveLength(101)
  })

  it('when new orders, payments, stock, cancellations and notifications come together', async () => {
    const mixed = async (count: number) => {
      const [fulfilled, ended] = [someOrders(count), someOrders(count)]
      await batch([...fulfilled, ...ended].map((orderId) => submitted(orderId)))
      return batch([
        ...fulfilled.flatMap((orderId) => [paid(orderId), reserved(orderId), told(orderId)]),
        ...ended.flatMap((orderId) => [cancelled(orderId), paid(orderId), released(orderId), refunded(orderId)]),
        ...someOrders(count).map((orderId) => submitted(orderId, `key-of-${orderId}`)),
      ])
    }
    const forOne = await mixed(1)
    const forMany = await mixed(100)
    expect(forMany.statements).toEqual(forOne.statements)
    expect(forMany.statements).toHaveLength(6) // find keys, lock and update orders, insert orders, keys and history
    expect((await everyOrder()).filter(({ settled }) => settled)).toHaveLength(202)
  })
})

describe('an idempotency key', () => {
  it('creates one order for two submissions in one batch', async () => {
    const [first = '', second = ''] = someOrders(2)
    expect((await batch([submitted(first, 'key'), submitted(second, 'key')])).published).toEqual(['OrderPlaced'])
    expect(await everyOrder()).toMatchObject([{ id: first }])
  })

  it("leads a later submission to its order, whatever the order's status", async () => {
    const [first = '', second = ''] = someOrders(2)
    await batch([submitted(first, 'key')])
    await batch([cancelled(first)])
    expect((await batch([submitted(second, 'key')])).published).toEqual([])
    expect(await everyOrder()).toMatchObject([{ id: first, status: 'cancelled' }])
    expect(await findKeys(database, ['key'])).toMatchObject([{ orderId: first, response: { status: 'placed' } }])
  })

  it('that two instances use at once is a conflict for the later one, which then finds the order', async () => {
    const [early = '', late = ''] = someOrders(2)
    const loser = batch([submitted(late, 'key')], async () => {
      await batch([submitted(early, 'key')])
    })
    expect(await loser.catch(faultOf)).toBe('conflict')
    expect((await batch([submitted(late, 'key')])).published).toEqual([])
    expect(await everyOrder()).toMatchObject([{ id: early }])
    expect(await historyOf(late)).toEqual([])
  })
})
