/** The tables have a bounded size over sixty simulated days, in which rows are added and expired rows are deleted. */
import { newOrderId } from '@quadrille/events'
import { type Database, databaseClock, openDatabase } from '@quadrille/postgres'
import { type Context, readConfig } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { statementsOf, type TestDatabase } from '@quadrille/testing'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Config, config } from '../src/config.ts'
import { deleteHistories } from '../src/db/history-table.ts'
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

/** Adds a day's orders, each with its history and an idempotency key. */
const addOrders = async (settled: boolean): Promise<void> => {
  const ids = Array.from({ length: settled ? ordersADay : 1 }, () => newOrderId())
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

const count = async (table: string): Promise<number> => {
  const [row] = await database.query<{ count: number }>(`select count(*)::integer as count from ${table}`)
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
  const week = 7 * 24 * 3_600_000
  const before = await count('order_event')
  expect(await deleteHistories(database, week, 2 * eventsAnOrder + 1)).toBe(2 * eventsAnOrder + 1)
  expect(await count('order_event')).toBe(before - 3 * eventsAnOrder)
  expect(await deleteHistories(database, week, 1)).toBe(1)
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
  await deleteHistories(database, 0, 100_000)
  const kept = await database.query<{ payment: string }>(
    'select distinct payment from customer_order join order_event on order_id = customer_order.id where settled order by 1',
  )
  expect(kept.map(({ payment }) => payment)).toEqual(['refund_failed', 'refunding'])
})

it('a HISTORY_TTL longer than the time since 1970 reads no orders', async () => {
  const century = 36_500 * 24 * 3_600_000
  const [statement] = await statementsOf((sql) => deleteHistories(sql, century, 1_000))
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
