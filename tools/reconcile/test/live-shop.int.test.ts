/** Reconciles a running shop: late events arrive, orders are placed, and stock is reserved meanwhile. */

import type { ByService, ServiceName } from '@quadrille/events'
import { untilSettled } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { reconcile } from '../src/reconcile.ts'
import { rowsOf } from './older-database.ts'
import { createDatabases, expectEmptyOutboxes, type RunningShop, startShop } from './running-shop.ts'

let databases: ByService<string>
let drop: () => Promise<unknown>
let shop: RunningShop

beforeAll(async () => {
  ;({ databases, drop } = await createDatabases(inject('postgresUrl')))
  shop = await startShop({ databases })
  await shop.setStock({ mug: 100, last: 2 })
})
afterAll(async () => {
  await shop.stop()
  await drop()
})

const fulfilled = async (sku = 'mug'): Promise<string> => {
  const { status, body } = await shop.place({
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku, quantity: 1, unitPrice: 1_500 }],
    payment: { method: 'pm_card_visa' },
  })
  expect(status).toBe(202)
  const { id } = body as { id: string }
  await untilSettled(shop, [id])
  const sentNotifications = `select from order_event where order_id = $1 and event->>'type' = 'NotificationSent'`
  await waitFor(async () => {
    expect(await rowsOf(databases.order, sentNotifications, [id])).toHaveLength(2)
    await expectEmptyOutboxes(databases)
  })
  return id
}

/**
 * Deletes a service's record of an order, as after a restore. The stock remains as it is.
 */
const deleteRecords = async (service: 'inventory' | 'notification', orderId: string) => {
  const tables = service === 'inventory' ? ['reservation'] : ['notification', 'addressee']
  const deletions = tables.map((table) =>
    rowsOf(databases[service], `delete from ${table} where order_id = $1`, [orderId]),
  )
  await Promise.all([...deletions, rowsOf(databases[service], 'delete from inbox')])
}

/** Deletes an order's reservation and inventory's inbox, as while its events are in transit. Resolves to their arrival. */
const takeReservation = async (orderId: string): Promise<(changes?: { status: string }) => Promise<void>> => {
  const [row] = await rowsOf<object>(databases.inventory, 'delete from reservation where order_id = $1 returning *', [
    orderId,
  ])
  await rowsOf(databases.inventory, 'delete from inbox')
  const insertRow = `insert into reservation select * from json_populate_record(null::reservation, $1)`
  return async (changes) =>
    void (await rowsOf(databases.inventory, insertRow, [JSON.stringify({ ...row, ...changes })]))
}

/** Holds the events that are sent to a service, until the connection to its database ends. */
const holdEvents = async (service: ServiceName): Promise<Client> => {
  const client = new Client({ connectionString: databases[service] })
  await client.connect()
  await client.query('begin')
  await client.query('lock table inbox in exclusive mode')
  return client
}

test('an event that arrives before the second comparison is not sent', async () => {
  const arrive = await takeReservation(await fulfilled())
  expect(await reconcile({ databases, pause: () => arrive() })).toMatchObject({ sent: new Map(), unhandled: 0 })
})

test('a lost event is sent, although it counts as missing only once another one has arrived after the first comparison', async () => {
  const orderId = await fulfilled()
  const arrive = await takeReservation(orderId)
  await rowsOf(databases.inventory, `update stock set on_hand = on_hand + 1, reserved = reserved + 1 where sku = 'mug'`)
  const steps = [() => arrive({ status: 'reserved' })] // OrderFulfilled, which consumes the stock, is lost
  const { sent, unhandled } = await reconcile({ databases, pause: async () => steps.shift()?.() })
  expect(sent).toEqual(new Map([['inventory', new Map([['OrderFulfilled', 1]])]]))
  expect(unhandled).toBe(0)
  const status = 'select status from reservation where order_id = $1'
  expect(await rowsOf(databases.inventory, status, [orderId])).toEqual([{ status: 'committed' }])
})

test('a run ends although each comparison finds another event in transit', async () => {
  const orders = await Promise.all(Array.from({ length: 5 }, () => fulfilled()))
  let arrive = await takeReservation(orders.shift() ?? '')
  const pause = async () => {
    await arrive()
    arrive = await takeReservation(orders.shift() ?? '')
  }
  expect(await reconcile({ databases, pause })).toMatchObject({ sent: new Map(), unhandled: 0 })
  await arrive()
  expect(orders).toEqual([])
})

test('an event of another order that is in transit during a later comparison is not sent', async () => {
  const [lost, moving] = [await fulfilled(), await fulfilled()]
  await deleteRecords('notification', lost)
  const holding = await holdEvents('notification')
  const steps: (() => Promise<void>)[] = [async () => undefined]
  const running = reconcile({ databases, pause: async () => steps.shift()?.() })
  await waitFor(async () => expect(await rowsOf(databases.notification, 'select from outbox')).not.toEqual([]))
  steps.push(await takeReservation(moving))
  await holding.end()
  const { sent, unhandled } = await running
  expect([...sent.keys()]).toEqual(['notification'])
  expect(unhandled).toBe(0)
  expect(steps).toEqual([]) // both pauses have taken place
})

test('orders that are placed during the run are not compared', async () => {
  await deleteRecords('notification', await fulfilled())
  const pause = async () => deleteRecords('inventory', await fulfilled())
  const { sent } = await reconcile({ databases, pause })
  expect([...sent.keys()]).toEqual(['notification'])
})

test('a shipped order gets its stock before an undecided order, even if the latter was placed earlier', async () => {
  const [undecided, shipped] = [await fulfilled('last'), await fulfilled('last')]
  for (const orderId of [undecided, shipped]) await deleteRecords('inventory', orderId)
  await rowsOf(databases.inventory, `update stock set on_hand = 1 where sku = 'last'`)
  await rowsOf(
    databases.order,
    `delete from order_event where order_id = $1 and event->>'type' in ('InventoryReserved', 'OrderFulfilled')`,
    [undecided],
  )
  await rowsOf(
    databases.order,
    `update customer_order set status = 'paid', inventory = 'pending', settled = false where id = $1`,
    [undecided],
  )
  const { unhandled } = await reconcile({ databases, ordersPerPart: 1, pause: async () => undefined })
  expect(unhandled).toBe(0)
  await untilSettled(shop, [undecided])
  const records = `select order_id as "orderId", status from reservation where order_id = any($1::uuid[]) order by 1`
  expect(await rowsOf(databases.inventory, records, [[undecided, shipped]])).toEqual([
    { orderId: undecided, status: 'rejected' },
    { orderId: shipped, status: 'committed' },
  ])
  expect((await shop.order(undecided)).cancellation?.reason).toBe('out_of_stock')
})
