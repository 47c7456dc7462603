import { draft, type Message, newOrderId, type Occasion, shop } from '@quadrille/events'
import { type Database, faultOf } from '@quadrille/postgres'
import { fold } from '@quadrille/service/tools'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { claimedByTest, type MigratedDatabase, noon, openMigratedDatabase, recordStatements } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openNotificationStore } from '../src/db/notification-store.ts'
import { findNotificationPage } from '../src/db/notification-table.ts'
import { notification } from '../src/service.ts'

let migrated: MigratedDatabase
let database: Database
beforeAll(async () => {
  migrated = await openMigratedDatabase(inject('postgresUrl'), notification.migrations)
  database = migrated.database
  return migrated.close
})
beforeEach(() => migrated.empty())

const options = { language: shop, service: 'notification', reactions: notification.reactions, now: noon }

interface Applied {
  readonly statements: readonly string[]
  readonly published: readonly { readonly type: string; readonly data: unknown }[]
}

/** Runs one batch in one transaction. `meanwhile` runs after the rows are loaded and before they are saved. */
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
    const set = await notification.tables.load(recorded, { messages, claimedSql, waits: true })
    const { steps, failures } = fold(set, messages, options)
    for (const error of failures.values()) throw error
    await meanwhile()
    await recorded.commit(set.changes(steps))
    const published = steps.flatMap(({ events, tasks }) =>
      [...events, ...tasks].map(({ type, data }) => ({ type, data })),
    )
    return { statements, published }
  })

const aTransactionWaits = () =>
  waitUntil(async () => {
    const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
    return (await database.query(waiting)).length > 0
  })

const placed = (orderId: string) => aMessage('OrderPlaced', aPlacedOrder(orderId))
const refunded = (orderId: string) =>
  aMessage('PaymentRefunded', { orderId, amount: 4_500, currency: 'EUR', gatewayReference: 'g1' })
const delivered = (orderId: string) =>
  aMessage('NotificationDelivered', { orderId, channel: 'email', occasion: 'order_placed', attempts: 1, kept })
const undeliverable = (orderId: string) =>
  aMessage('NotificationUndeliverable', {
    orderId,
    channel: 'email',
    occasion: 'payment_refunded',
    attempts: 2,
    code: 'smtp_550',
  })
const kept = { subject: 'Thank you', text: 'Hello,\n\n"quotes", \\ and ünïcödé\n' }
const someOrders = (count: number) => Array.from({ length: count }, () => newOrderId())
const listed = (orderId: string | null, before: string | null = null, limit = 100) =>
  findNotificationPage(database, { orderId, before, limit })

describe('the tables', () => {
  it('keep occasions until the customer is known, from batch to batch', async () => {
    const [orderId = ''] = someOrders(1)
    const { customer, currency, total } = anOrder(orderId)
    expect((await batch([refunded(orderId)])).published).toEqual([])
    expect(await listed(orderId)).toEqual([])
    const { published } = await batch([placed(orderId)])
    expect(published).toEqual([draft('Notify', { orderId, occasion: 'payment_refunded', customer, currency, total })])
    expect((await batch([refunded(orderId), placed(orderId)])).published).toEqual([])
  })

  it('keep parcels until the customer is known, from batch to batch', async () => {
    const [orderId = ''] = someOrders(1)
    const label = { carrier: 'DHL', trackingCode: '"1", \\2' }
    const times = ['2026-11-26T19:30:00.000Z', '2026-11-27T08:00:00.000Z']
    for (const at of times)
      expect((await batch([aMessage('ShipmentDispatched', { orderId, ...label, at })])).published).toEqual([])
    const { published } = await batch([placed(orderId)])
    const occasions = times.map((at) => `shipment_dispatched:${at}`)
    expect(published).toMatchObject(
      occasions.map((occasion) => ({ type: 'Notify', data: { occasion, parcel: label } })),
    )
    await batch([refunded(orderId)])
    expect((await listed(orderId)).map(({ occasion }) => occasion)).toEqual([
      'payment_refunded',
      ...occasions.toReversed(),
    ])
  })

  it('keep results of every kind', async () => {
    const [orderId = ''] = someOrders(1)
    await batch([placed(orderId), refunded(orderId)])
    expect(await listed(orderId)).toMatchObject([
      { occasion: 'payment_refunded', status: 'pending', attempts: 0 },
      { occasion: 'order_placed', status: 'pending', attempts: 0 },
    ])
    await database.query(`update notification set at = now() - interval '1 hour'`)
    await batch([delivered(orderId), undeliverable(orderId)])
    expect(await database.query(`select from notification where at < now() - interval '30 min'`)).toEqual([])
    expect(await listed(orderId)).toMatchObject([
      { occasion: 'payment_refunded', status: 'failed', attempts: 2, code: 'smtp_550', subject: null },
      { occasion: 'order_placed', status: 'sent', attempts: 1, code: null, ...kept },
    ])
    expect((await batch([delivered(orderId), undeliverable(orderId)])).published).toEqual([])
  })

  it('grant a lease on each pending notification, and on no unknown one', async () => {
    const [orderId = '', unknown = ''] = someOrders(2)
    const store = openNotificationStore(database, { leaseMs: 60_000 })
    const lease = async (of: string, occasion: Occasion) => {
      const acquired = await store.acquire({ orderId: of, channel: 'email', occasion })
      if (typeof acquired === 'string') return acquired
      await store.release(acquired)
      return 'leased'
    }
    const leases = (...abouts: readonly (readonly [string, Occasion])[]) =>
      Promise.all(abouts.map(([of, occasion]) => lease(of, occasion)))
    const asked = [
      [orderId, 'order_placed'],
      [orderId, 'payment_refunded'],
      [orderId, 'order_cancelled'],
      [unknown, 'order_placed'],
    ] as const
    await batch([placed(orderId), refunded(orderId)])
    expect(await leases(...asked)).toEqual(['leased', 'leased', 'not_pending', 'not_pending'])
    await batch([delivered(orderId)])
    expect(await leases(...asked)).toEqual(['not_pending', 'leased', 'not_pending', 'not_pending'])
  })

  it('grant one of two calls in the same statement the lease, and the other one comes again later', async () => {
    const [orderId = ''] = someOrders(1)
    await batch([placed(orderId), refunded(orderId)])
    const { acquire } = openNotificationStore(database, { leaseMs: 60_000 })
    const occasions = ['payment_refunded', 'order_placed', 'order_placed'] as const // the first call has a statement of its own
    const acquired = occasions.map((occasion) => acquire({ orderId, channel: 'email', occasion }))
    expect(await Promise.all(acquired)).toMatchObject([{ orderId }, { orderId }, 'taken'])
  })

  it('run the same statements for one order and for a hundred', async () => {
    const story = (orderId: string) => [placed(orderId), delivered(orderId), refunded(orderId)]
    const forOne = await batch(someOrders(1).flatMap(story))
    const forMany = await batch(someOrders(100).flatMap(story))
    expect(forMany.statements).toEqual(forOne.statements)
    expect(forMany.statements).toHaveLength(4) // lock addressees, find notifications, insert both
    expect(await listed(null, null, 500)).toHaveLength(202)
  })

  it('report a conflict with a concurrent transaction of a new order, and lose nothing', async () => {
    const [orderId = ''] = someOrders(1)
    let first: Applied | undefined
    const second = batch([placed(orderId)], async () => {
      first = await batch([refunded(orderId)])
    })
    expect(await second.catch(faultOf)).toBe('conflict')
    expect(first?.published).toEqual([])
    expect((await batch([placed(orderId)])).published).toHaveLength(1)
  })

  it('make a transaction wait for another that has loaded the same order', async () => {
    const [orderId = ''] = someOrders(1)
    await batch([placed(orderId)])
    let later: Promise<Applied> | undefined
    await batch([delivered(orderId)], async () => {
      later = batch([delivered(orderId)])
      await Promise.race([later, aTransactionWaits()])
    })
    expect((await later)?.published).toEqual([])
  })

  it('list all orders, the newest first, page by page', async () => {
    const orders = someOrders(5)
    for (const orderId of orders) await batch([placed(orderId)])
    const firstPage = await listed(null, null, 3)
    const secondPage = await listed(null, String(firstPage.at(-1)?.seq), 3)
    expect([...firstPage, ...secondPage].map(({ orderId }) => orderId)).toEqual(orders.toReversed())
  })
})
