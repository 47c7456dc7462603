import { type DataOf, type Message, newOrderId, type OrderStatus, shop } from '@quadrille/events'
import { type Database, faultOf } from '@quadrille/postgres'
import { fold } from '@quadrille/service/tools'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { claimedByTest, type MigratedDatabase, noon, openMigratedDatabase, recordStatements } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { listHistory } from '../src/db/history-table.ts'
import { findFirstResponses } from '../src/db/idempotency-table.ts'
import { findOrder, findOrderPage } from '../src/db/order-table.ts'
import { findParcels } from '../src/db/parcel-table.ts'
import { order } from '../src/service.ts'

let migrated: MigratedDatabase
let database: Database
beforeAll(async () => {
  migrated = await openMigratedDatabase(inject('postgresUrl'), order.migrations)
  database = migrated.database
  return migrated.close
})
beforeEach(() => migrated.empty())

const options = { language: shop, service: 'order', reactions: order.reactions, now: noon }

interface Applied {
  readonly statements: readonly string[]
  readonly published: readonly string[]
}

/**
 * Runs a batch in a transaction, as an instance does. `meanwhile` runs between loading and saving the rows.
 */
const batch = (
  messages: readonly Message[],
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<Applied> =>
  database.transaction(async (sql) => {
    const statements: string[] = []
    const recorded = recordStatements(sql, statements)
    const claimedSql = await claimedByTest(
      sql,
      messages.map(({ subject }) => subject),
    )
    const set = await order.tables.load(recorded, { messages, claimedSql, waits: true })
    const { steps, failures } = fold(set, messages, options)
    for (const error of failures.values()) throw error
    await meanwhile()
    await recorded.commit(set.changes(steps))
    return { statements, published: steps.flatMap(({ events }) => events.map(({ type }) => type)) }
  })

const untilSessionWaitsForLock = () =>
  waitUntil(async () => {
    const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
    return (await database.query(waiting)).length > 0
  })

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
const notified = (orderId: string) =>
  aMessage('NotificationSent', { orderId, channel: 'email', occasion: 'order_placed' })

const dispatched = (orderId: string, at: string) =>
  aMessage('ShipmentDispatched', { orderId, carrier: 'DHL', trackingCode: '003404', at })

const newOrderIds = (count: number) => Array.from({ length: count }, () => newOrderId())
const allOrders = () => findOrderPage(database, { before: null, limit: 500 })
const historyOf = async (orderId: string) =>
  (await listHistory(database, orderId, { order: 'desc', after: null, limit: 100 }))
    .map(({ event }) => event.type)
    .toSorted()

describe('the tables', () => {
  it('insert a new order, and update it in later batches', async () => {
    const [orderId = ''] = newOrderIds(1)
    expect((await batch([submitted(orderId)])).published).toEqual(['OrderPlaced'])
    expect(await findOrder(database, orderId)).toMatchObject({ status: 'placed', total: 4_500, notifications: [] })
    await batch([paid(orderId)])
    expect(await findOrder(database, orderId)).toMatchObject({ status: 'paid', payment: 'captured', settled: false })
    expect((await batch([reserved(orderId), notified(orderId)])).published).toEqual(['OrderFulfilled'])
    expect(await findOrder(database, orderId)).toMatchObject({
      status: 'fulfilled',
      settled: true,
      inventory: 'reserved',
      notifications: [{ channel: 'email', occasion: 'order_placed', status: 'sent' }],
    })
    expect(await allOrders()).toHaveLength(1)
  })

  it('list as many orders as fit on a page, and at least one', async () => {
    await batch(newOrderIds(10).map((orderId) => submitted(orderId)))
    const [{ bytes }] = (await database.query(
      'select octet_length(lines::text) + octet_length(notifications::text) as bytes from customer_order limit 1',
    )) as [{ bytes: number }]
    const listed = async (maxBytes: number) => {
      const orders = await findOrderPage(database, { before: null, limit: 8, maxBytes })
      return orders.map(({ id }) => id)
    }
    const all = (await allOrders()).map(({ id }) => id)
    expect(await listed(1)).toEqual(all.slice(0, 1))
    expect(await listed(3 * bytes)).toEqual(all.slice(0, 3))
    expect(await listed(3 * bytes + 1)).toEqual(all.slice(0, 4))
    expect(await listed(100 * bytes)).toEqual(all.slice(0, 8))
    await database.query(
      `insert into order_shipment (order_id, at, carrier, tracking_code) select $1, now(), 'DHL', repeat('1', $2)`,
      [all[0], bytes],
    )
    expect(await listed(2 * bytes)).toEqual(all.slice(0, 1))
    expect(await listed(3 * bytes)).toEqual(all.slice(0, 2))
  })

  it('list the orders of each status, also cancelled ones that payment and inventory have not answered', async () => {
    const [placed = '', charged = '', fulfilled = '', open = '', settled = ''] = newOrderIds(5)
    await batch([placed, charged, fulfilled, open, settled].map((orderId) => submitted(orderId)))
    await batch([paid(charged), paid(fulfilled), reserved(fulfilled), cancelled(open)])
    await batch([paid(settled), cancelled(settled), refunded(settled), released(settled)])
    const listed = async (status: OrderStatus) =>
      (await findOrderPage(database, { status, before: null, limit: 10 })).map(({ id }) => id)
    expect(await listed('placed')).toEqual([placed])
    expect(await listed('paid')).toEqual([charged])
    expect(await listed('fulfilled')).toEqual([fulfilled])
    expect(await listed('cancelled')).toEqual([settled, open])
  })

  it('insert new orders and update existing ones in one batch', async () => {
    const [known = '', fresh = ''] = newOrderIds(2)
    await batch([submitted(known)])
    const { published } = await batch([cancelled(known), submitted(fresh), refunded(known), released(known)])
    expect(published).toEqual(['OrderCancelled', 'OrderPlaced'])
    expect(await findOrder(database, known)).toMatchObject({ status: 'cancelled', cancellationReason: 'customer' })
    expect(await findOrder(database, known)).toMatchObject({ payment: 'refunded', settled: true })
    expect(await findOrder(database, fresh)).toMatchObject({ status: 'placed', settled: false })
  })

  it('store each event of an order once, and no internal messages', async () => {
    const [orderId = ''] = newOrderIds(1)
    await batch([submitted(orderId), paid(orderId)])
    await batch([paid(orderId), notified(orderId), notified(orderId)])
    expect(await historyOf(orderId)).toEqual(['NotificationSent', 'OrderPlaced', 'PaymentProcessed'])
  })

  it('store each parcel of an order once, also for an order whose history was deleted', async () => {
    const [orderId = '', other = ''] = newOrderIds(2)
    await batch([submitted(orderId), paid(orderId), reserved(orderId), submitted(other)])
    await database.query('delete from order_event')
    const [first, second] = [
      dispatched(orderId, '2026-11-26T19:30:00.000Z'),
      dispatched(orderId, '2026-11-26T19:30:00.001Z'),
    ]
    await batch([second, first, second])
    await batch([second])
    await database.query('delete from order_event') // as a replay under another id
    await batch([first])
    const parcels = await findParcels(database, [{ id: orderId, status: 'fulfilled' }])
    expect([...parcels]).toEqual([[orderId, [first, second].map(({ data: { orderId: _, ...parcel } }) => parcel)]])
    expect(await findParcels(database, [{ id: other, status: 'placed' }])).toEqual(new Map())
  })

  it('return each event as it was published, although its row repeats no attribute', async () => {
    const [orderId = ''] = newOrderIds(1)
    const foreign = { ...paid(orderId), partitionkey: 'another' }
    await batch([submitted(orderId), foreign])
    const earlier = { ...notified(orderId), correlationid: newOrderId() }
    await database.query('insert into order_event (order_id, id, event) values ($1, $2, $3)', [
      orderId,
      earlier.id,
      JSON.stringify(earlier), // as earlier versions have stored it
    ])
    const [placed, ...others] = await listHistory(database, orderId, { order: 'asc', after: null, limit: 10 })
    expect(others.map(({ event }) => event)).toEqual(
      [foreign, earlier].map((event) => JSON.parse(JSON.stringify(event))),
    )
    const { payment: _, ...shown } = aPlacedOrder(orderId)
    expect(placed?.event).toMatchObject({ specversion: '1.0', subject: orderId, correlationid: orderId, data: shown })
    const [stored] = await database.query<{ event: object }>('select event from order_event order by seq')
    const attributes = ['source', 'time', 'causationid', 'hops', 'type', 'schemaversion', 'data']
    expect(Object.keys(stored?.event ?? {})).toEqual(attributes)
  })

  it('serialize transactions on the same order, so that it ends once', async () => {
    const [orderId = ''] = newOrderIds(1)
    await batch([submitted(orderId), paid(orderId)])
    let later: Promise<Applied> | undefined
    const earlier = await batch([reserved(orderId)], async () => {
      later = batch([cancelled(orderId)])
      await Promise.race([later, untilSessionWaitsForLock()])
    })
    expect([earlier.published, (await later)?.published]).toEqual([['OrderFulfilled'], []])
  })

  it('do not deadlock if two transactions have the same ids in different orders', async () => {
    const orders = newOrderIds(60)
    await batch(orders.map((orderId) => submitted(orderId)))
    const halves = [orders.slice(0, 40), orders.slice(20).toReversed()]
    const rounds = await Promise.all(halves.map((ids) => batch(ids.map(cancelled))))
    expect(rounds.flatMap(({ published }) => published)).toHaveLength(60)
  })
})

describe('the statements of a batch are the same for one order and for a hundred orders', () => {
  it('for orders that are submitted with keys', async () => {
    const submissions = (count: number) => newOrderIds(count).map((orderId) => submitted(orderId, `key-of-${orderId}`))
    const forOne = await batch(submissions(1))
    const forMany = await batch(submissions(100))
    expect(forMany.statements).toEqual(forOne.statements)
    expect(forMany.statements).toHaveLength(5) // find keys, lock orders, insert orders, keys and history
    expect(await allOrders()).toHaveLength(101)
  })

  it('for new orders, payments, reservations, cancellations and notifications together', async () => {
    const mixed = async (count: number) => {
      const [fulfilled, ended] = [newOrderIds(count), newOrderIds(count)]
      await batch([...fulfilled, ...ended].map((orderId) => submitted(orderId)))
      return batch([
        ...fulfilled.flatMap((orderId) => [paid(orderId), reserved(orderId), notified(orderId)]),
        ...ended.flatMap((orderId) => [cancelled(orderId), paid(orderId), released(orderId), refunded(orderId)]),
        ...newOrderIds(count).map((orderId) => submitted(orderId, `key-of-${orderId}`)),
      ])
    }
    const forOne = await mixed(1)
    const forMany = await mixed(100)
    expect(forMany.statements).toEqual(forOne.statements)
    expect(forMany.statements).toHaveLength(6) // find keys, lock and update orders, insert orders, keys and history
    expect((await allOrders()).filter(({ settled }) => settled)).toHaveLength(202)
  })
})

it('an answer of payment or inventory that does not exist is refused', async () => {
  const [orderId = ''] = newOrderIds(1)
  await batch([submitted(orderId)])
  for (const column of ['payment', 'inventory'])
    await expect(database.query(`update customer_order set ${column} = 'lost'`)).rejects.toMatchObject({
      code: '23514',
    }) // check_violation
})

describe('an idempotency key', () => {
  it('creates one order for two submissions in one batch', async () => {
    const [first = '', second = ''] = newOrderIds(2)
    expect((await batch([submitted(first, 'key'), submitted(second, 'key')])).published).toEqual(['OrderPlaced'])
    expect(await allOrders()).toMatchObject([{ id: first }])
  })

  it('maps a later submission to its order, even if that has changed', async () => {
    const [first = '', second = ''] = newOrderIds(2)
    await batch([submitted(first, 'key')])
    await batch([cancelled(first)])
    expect((await batch([submitted(second, 'key')])).published).toEqual([])
    expect(await allOrders()).toMatchObject([{ id: first, status: 'cancelled' }])
    expect(await findFirstResponses(database, ['key'])).toMatchObject([
      { orderId: first, response: { status: 'placed' } },
    ])
  })

  it('that two instances use concurrently causes a conflict for the later one, which then finds the order', async () => {
    const [early = '', late = ''] = newOrderIds(2)
    const loser = batch([submitted(late, 'key')], async () => {
      await batch([submitted(early, 'key')])
    })
    expect(await loser.catch(faultOf)).toBe('conflict')
    expect((await batch([submitted(late, 'key')])).published).toEqual([])
    expect(await allOrders()).toMatchObject([{ id: early }])
    expect(await historyOf(late)).toEqual([])
  })
})
