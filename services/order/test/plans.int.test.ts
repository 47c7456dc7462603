/** The plans of statements do not depend on the size of the table, nor on whether it was analyzed: connections keep them. */
import { newOrderId } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { claimedInTest, indexConditionsIn, openMigratedDatabase, planOf, statementsOf } from '@quadrille/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { start } from '../src/db/history-position.ts'
import { adoptRestored, findEvent, readAdded, readNewest } from '../src/db/history-stream.ts'
import { deleteHistories, findSeq, insertHistory, readHistory } from '../src/db/history-table.ts'
import { countOpenOrders, settlingTimeP99Ms } from '../src/db/open-orders.ts'
import {
  findBySuffix,
  findExpired,
  findOrderPage,
  findOrders,
  lockOrders,
  updateOrders,
} from '../src/db/order-table.ts'
import { findParcels } from '../src/db/parcel-table.ts'
import { order } from '../src/service.ts'

let database: Database
let close: () => Promise<void>
beforeAll(async () => {
  ;({ database, close } = await openMigratedDatabase(inject('postgresUrl'), order.migrations))
})
afterAll(() => close())

/** Orders, almost all of which are fulfilled. */
const fillUpTo = (count: number) =>
  database.query(
    `insert into customer_order (id, status, settled, cancellation_reason, customer_id, customer_email, currency, total, lines,
                                 payment, inventory, notifications, created_at, updated_at, expires_at)
     select rpad(lpad(to_hex(n), 12, '0'), 32, '0')::uuid, status, status in ('fulfilled', 'cancelled'),
            case status when 'cancelled' then 'customer' end, n % 1000, 'customer@example.com', 'EUR', 1, '[]',
            'pending', 'pending', '[]', now(), now(), now()
     from (
       select n, case n % 500 when 0 then 'placed' when 1 then 'cancelled' else 'fulfilled' end as status
       from generate_series((select count(*) + 1 from customer_order), $1::integer) as n
     ) as orders`,
    [count],
  )

const page = { before: newOrderId(), limit: 50 }
const event = aMessage('OrderPlaced', aPlacedOrder())

/** By a pattern of the index that they use. */
const statements = {
  customer_order_open: [
    () => statementsOf((sql) => findOrderPage(sql, { ...page, status: 'placed' })),
    () => statementsOf((sql) => findOrderPage(sql, { ...page, status: 'paid' })),
    () => statementsOf((sql) => findOrderPage(sql, { ...page, openForMs: 1_000 })),
    () => statementsOf((sql) => countOpenOrders(sql, { stuckAfterMs: 1_000, limit: 100_000 })),
  ],
  customer_order_expiry: [() => statementsOf((sql) => findExpired(sql, { overdueMs: 0, limit: 500 }))],
  customer_order_cancelled: [() => statementsOf((sql) => findOrderPage(sql, { ...page, status: 'cancelled' }))],
  customer_order_customer: [() => statementsOf((sql) => findOrderPage(sql, { ...page, customerId: 'ada' }))],
  customer_order_pkey: [
    () => statementsOf((sql) => findOrderPage(sql, { ...page, status: 'fulfilled' })), // almost all orders are fulfilled
    () => statementsOf((sql) => lockOrders(sql, claimedInTest)),
    () => statementsOf((sql) => findOrders(sql, [newOrderId()])),
    () => statementsOf((sql) => findBySuffix(sql, '01234567')),
    () => statementsOf((sql) => findOrderPage(sql, { ...page, ids: [newOrderId()] })),
    () => [updateOrders([])],
  ],
  order_event_pkey: [
    () => [insertHistory([event])],
    () => statementsOf(settlingTimeP99Ms),
    () => statementsOf((sql) => deleteHistories(sql, { ttlMs: 0, limit: 1_000 })),
    () => statementsOf((sql) => findSeq(sql, event.subject, event.id)),
    () => statementsOf((sql) => readHistory(sql, event.subject, { after: 0, limit: 200, maxBytes: 1_000 })),
  ],
  order_event_position: [
    () => statementsOf((sql) => readAdded(sql, start, { limit: 500 })),
    () => statementsOf((sql) => readAdded(sql, start, { limit: 500, withOrders: false })),
    () => statementsOf((sql) => readAdded(sql, start, { until: { xmax: 9, running: [7] }, limit: 500 })),
    () => statementsOf(readNewest),
    () => statementsOf((sql) => findEvent(sql, { xid: 1, seq: 1 })),
    () => statementsOf((sql) => adoptRestored(sql, { from: 1, limit: 10 })),
  ],
  order_shipment_pkey: [
    () => statementsOf((sql) => findParcels(sql, [{ id: newOrderId(), status: 'fulfilled' }])),
    () => statementsOf(settlingTimeP99Ms),
  ],
}

const plansBy = async (index: keyof typeof statements): Promise<string[]> => {
  const all = await Promise.all(statements[index].map((make) => make()))
  return Promise.all(all.flat().map((statement) => planOf(database, statement)))
}

describe.each([
  { rows: 0, analyzed: false },
  { rows: 1_000, analyzed: false },
  { rows: 1_000, analyzed: true },
  { rows: 20_000, analyzed: false },
  { rows: 20_000, analyzed: true },
])('with $rows orders, analyzed: $analyzed', ({ rows, analyzed }) => {
  beforeAll(async () => {
    await fillUpTo(rows)
    if (analyzed) await database.query('analyze')
  })

  it.each(Object.keys(statements) as (keyof typeof statements)[])('statements use %s', async (index) => {
    for (const plan of await plansBy(index)) expect(plan).toMatch(new RegExp(`Scan (Backward )?(using|on) ${index}`))
  })

  it('overdue orders are found by their time', async () => {
    for (const plan of await plansBy('customer_order_expiry'))
      expect(indexConditionsIn(plan)).toEqual([expect.stringContaining('expires_at <')])
  })

  it('a batch of restored events begins at the last event of the batch before', async () => {
    const [statement = { text: '', values: [] }] = await statementsOf((sql) =>
      adoptRestored(sql, { from: 1, limit: 10 }),
    )
    const begins = indexConditionsIn(await planOf(database, statement)).filter((condition) => condition.includes('xid'))
    expect(begins).toEqual([
      expect.stringContaining('xid >= GREATEST($1, pg_snapshot_xmin('),
      expect.stringContaining('xid >= $1'),
    ])
  })
})
