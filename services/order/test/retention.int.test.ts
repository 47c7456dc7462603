/** The tables have a bounded size over sixty simulated days, in which rows are added and expired rows are deleted. */
import { newOrderId } from '@quadrille/events'
import { type Database, databaseClock, openDatabase } from '@quadrille/postgres'
import { type Context, readConfig } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { statementsOf, type TestDatabase } from '@quadrille/testing'
import { afterAll, beforeAll, expect, inject, it, onTestFinished, vi } from 'vitest'
import { type Config, config } from '../src/config.ts'
import { deleteHistories } from '../src/db/history-table.ts'
import { lowestIdAt, timeOf } from '../src/db/time-of-id.ts'
import { retention } from '../src/jobs/retention.ts'
import { order } from '../src/service.ts'

const clock = databaseClock(async () => new Date())

let test: TestDatabase
let database: Database
beforeAll(async () => {
  test = await createServiceDatabase(inject('postgresUrl'), order)
  database = openDatabase({ url: test.url, applicationName: 'test', onIdleError: () => undefined })
})
afterAll(async () => {
  await database.end()
  await test.drop()
})

const ordersADay = 5
const eventsAnOrder = 8
const dayMs = 24 * 3_600_000

const newIds = (length: number): string[] => Array.from({ length }, () => newOrderId())

/** Adds orders, each with its history and an idempotency key. */
const addOrders = async (settled: boolean, ids = newIds(settled ? ordersADay : 1)): Promise<void> => {
  await database.query(
    `insert into customer_order (id, status, settled, customer_id, customer_email, currency, total, lines, payment, inventory,
                                 notifications, created_at, updated_at, expires_at)
     select id, 'placed', $2, 'c', 'c@example.com', 'EUR', 1, '[]', 'pending', 'pending', '[]', now(), now(), now()
     from unnest($1::uuid[]) as id`,
    [ids, settled],
  )
  await database.query(
    `insert into order_event (order_id, id, event)
     select order_id, gen_random_uuid(), '{}' from unnest($1::uuid[]) as order_id, generate_series(1, $2)`,
    [ids, eventsAnOrder],
  )
  await database.query(
    `insert into idempotency_key (key, request_hash, order_id, response) select id::text, 'h', id, '{}' from unnest($1::uuid[]) as id`,
    [ids],
  )
}

/** The same id one day earlier: its first 48 bits are milliseconds. */
const dayBefore = (id: string) =>
  `(lpad(to_hex(('x' || left(replace(${id}::text, '-', ''), 12))::bit(48)::bigint - 86400000), 12, '0')
    || substr(replace(${id}::text, '-', ''), 13))::uuid`

const ageByOneDay = async (): Promise<void> => {
  await database.query(`update order_event set order_id = ${dayBefore('order_id')}`)
  await database.query(
    `update customer_order set id = ${dayBefore('id')}, created_at = created_at - interval '1 day',
                               updated_at = updated_at - interval '1 day'`,
  )
  await database.query(`update idempotency_key set created_at = created_at - interval '1 day'`)
}

const count = async (table: string, values: unknown[] = []): Promise<number> => {
  const [row] = await database.query<{ count: number }>(`select count(*)::integer as count from ${table}`, values)
  return row?.count ?? 0
}

/** Of a service that does not stop. */
const running = new AbortController().signal

it('keys and histories are deleted; orders, and the histories of open orders, are kept', async () => {
  const jobs = retention({ config: readConfig(config, { HISTORY_TTL: '30d' }), database, clock } as Context<Config>)
  await addOrders(false)
  const max = { keys: 0, events: 0 }
  for (let day = 0; day < 60; day += 1) {
    await addOrders(true)
    for (const { run } of jobs) await run(running)
    max.keys = Math.max(max.keys, await count('idempotency_key'))
    max.events = Math.max(max.events, await count('order_event'))
    await ageByOneDay()
  }
  expect(max.keys).toBeLessThanOrEqual(2 * ordersADay + 1)
  expect(max.events).toBeLessThanOrEqual(31 * ordersADay * eventsAnOrder + eventsAnOrder)
  expect(max.events).toBeGreaterThan(29 * ordersADay * eventsAnOrder)
  expect(await count('customer_order')).toBe(60 * ordersADay + 1)
  const open = 'order_event where order_id in (select id from customer_order where not settled)'
  expect(await count(open)).toBe(eventsAnOrder)
})

it('a history is deleted as a whole', async () => {
  const week = 7 * dayMs
  const before = await count('order_event')
  const limit = 2 * eventsAnOrder + 1
  expect(await deleteHistories(database, { ttlMs: week, limit })).toMatchObject({ count: limit })
  expect(await count('order_event')).toBe(before - 3 * eventsAnOrder)
  expect(await deleteHistories(database, { ttlMs: week, limit: 1 })).toMatchObject({ count: 1 })
  expect(await count('order_event')).toBe(before - 4 * eventsAnOrder)
})

it('the history of a settled order is kept while its money is owed', async () => {
  await addOrders(true)
  const statuses = ['refunding', 'refund_failed', 'refunded']
  const owed = await database.query<{ payment: string }>(
    `update customer_order set payment = given.payment
     from (select id, ($1::text[])[row_number() over ()] as payment from customer_order order by id desc limit 3) as given
     where customer_order.id = given.id returning customer_order.payment`,
    [statuses],
  )
  expect(owed.map(({ payment }) => payment).toSorted()).toEqual(statuses.toSorted())
  await deleteHistories(database, { ttlMs: 0, limit: 100_000 })
  const kept = await database.query<{ payment: string }>(
    'select distinct payment from customer_order join order_event on order_id = customer_order.id where settled order by 1',
  )
  expect(kept.map(({ payment }) => payment)).toEqual(['refund_failed', 'refunding'])
})

it('the history of an order that was settled long after it was placed is kept for HISTORY_TTL', async () => {
  const id = lowestIdAt(Date.now() - 60 * dayMs)
  await addOrders(true, [id])
  const keep = async (days: number) => {
    await deleteHistories(database, { ttlMs: days * dayMs, limit: 100_000 })
    return count('order_event where order_id = $1', [id])
  }
  await database.query("update customer_order set updated_at = now() - interval '31 days' where id = $1", [id])
  expect(await keep(32)).toBe(eventsAnOrder)
  expect(await keep(30)).toBe(0)
})

it('each step begins five minutes before the last deleted order, and a later run where the last one has ended', async () => {
  const firstMs = Date.now() - 60 * dayMs
  const ids = Array.from({ length: 300 }, (_, hour) => lowestIdAt(firstMs + hour * 3_600_000))
  await addOrders(true, ids)
  await database.query("update customer_order set updated_at = now() - interval '31 days' where id = any($1)", [ids])
  const [, histories] = retention({
    config: readConfig(config, { HISTORY_TTL: '30d' }),
    database,
    clock,
  } as Context<Config>)
  const query = vi.spyOn(database, 'query')
  onTestFinished(() => query.mockRestore())
  const begins = async () => {
    query.mockClear()
    await histories?.run(running)
    return query.mock.calls.map(([, values]) => timeOf(String(values?.at(-1))))
  }
  const beforeOrder = (position: number) => timeOf(ids[position - 1] ?? '') - 300_000
  expect(await begins()).toEqual([0, beforeOrder(125), beforeOrder(250)]) // a step deletes 1,000 events
  expect(await count('order_event where order_id = any($1)', [ids])).toBe(0)
  const [later, ...others] = await begins()
  expect(later).toBeGreaterThan(beforeOrder(300))
  expect(others).toEqual([])
})

it('a HISTORY_TTL longer than the time since 1970 reads no orders', async () => {
  const century = 36_500 * dayMs
  const [statement] = await statementsOf((sql) => deleteHistories(sql, { ttlMs: century, limit: 1_000 }))
  const rows = await database.query<{ 'QUERY PLAN': string }>(`explain (analyze) ${statement?.text}`, statement?.values)
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).not.toMatch(/actual .*rows=0*[1-9]|Rows Removed/)
})

it('a key is deleted after IDEMPOTENCY_TTL, and not before', async () => {
  await database.query(
    `insert into idempotency_key (key, request_hash, order_id, response, created_at)
     select age, 'h', gen_random_uuid(), '{}', now() - age::interval from unnest($1::text[]) as age`,
    [['1 minute', '12 hours 1 minute', '23 hours 59 minutes', '24 hours 1 minute']],
  )
  const jobs = retention({ config: readConfig(config, {}), database, clock } as Context<Config>)
  for (const { run } of jobs) await run(running)
  const kept = await database.query<{ key: string }>(
    "select key from idempotency_key where request_hash = 'h' and key like '%minute%' order by created_at",
  )
  expect(kept.map(({ key }) => key)).toEqual(['23 hours 59 minutes', '12 hours 1 minute', '1 minute'])
})
