/** The limit of open orders. No other service has joined the broker, so only the test settles orders. */

import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase, type Sql } from '@quadrille/postgres'
import { startService } from '@quadrille/service'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { openMigratedDatabase, sized } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { settlingTimeP99Ms } from '../src/db/open-orders.ts'
import { order } from '../src/service.ts'

const log = pino({ level: 'silent' })

const mugs = {
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 2, unitPrice: 1_250 }],
  payment: { method: 'pm_card_visa' },
}

/** A database without a service. */
const openTables = async (): Promise<Sql> => {
  const { database, close } = await openMigratedDatabase(inject('postgresUrl'), order.migrations)
  onTestFinished(close)
  return database
}

/** @param prepare runs before the service starts, on its empty tables. */
const start = async (env: Record<string, string>, prepare: (sql: Sql) => Promise<unknown> = async () => undefined) => {
  const database = await createServiceDatabase(inject('postgresUrl'), order)
  onTestFinished(() => database.drop())
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  onTestFinished(() => broker.close())
  const sql = openDatabase({ url: database.url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  await prepare(sql)
  const service = await startService(order, { broker, env: { DATABASE_URL: database.url, PORT: '0', ...env }, log })
  onTestFinished(() => service.stop())
  const post = (body = JSON.stringify(mugs)) =>
    fetch(`${service.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  const metrics = async () => (await fetch(`${service.url}/metrics`)).text()
  const placeThree = async () => {
    const place = () => waitFor(async () => expect((await post()).status).toBe(202)) // 503 on a busy machine
    await Promise.all([place(), place(), place()])
  }
  return { url: service.url, post, placeThree, sql, metrics }
}

it('open orders are limited: at the limit, orders are rejected until others are settled', async () => {
  const { post, sql, metrics } = await start({ ORDERS_OPEN_MAX: '20' })
  const answers = await Promise.all(Array.from({ length: 50 }, () => post()))
  const refused = answers.filter(({ status }) => status !== 202)
  expect(refused.length).toBeGreaterThanOrEqual(30)
  expect(new Set(refused.map(({ status, headers }) => `${status} ${headers.get('retry-after')}`))).toEqual(
    new Set(['503 5']),
  )
  const full = async () => {
    await post() // orders that were placed during a count may have been counted twice
    expect(await metrics()).toContain('quadrille_orders_open{service="order"} 20')
  }
  await waitFor(full)
  expect((await post()).status).toBe(503)
  expect(await sql.query('select count(*) as orders from customer_order')).toEqual([{ orders: 20 }])
  await sql.query('update customer_order set settled = true')
  await waitFor(async () => expect((await post()).status).toBe(202))
})

it('after a start, the open orders of earlier processes count before the first request', async () => {
  const prepare = async (sql: Sql) => {
    await insertSettled(sql, 2, '1 minute')
    await sql.query(
      "update customer_order set status = 'placed', settled = false, expires_at = now() + interval '1 hour'",
    )
  }
  const { post, metrics } = await start({ ORDERS_OPEN_MAX: '3' }, prepare)
  expect((await post()).status).toBe(202)
  expect((await post()).status).toBe(503)
  expect(await metrics()).toMatch(/^quadrille_orders_open\{service="order"\} [23]$/m)
})

it('a metric shows the open orders whose refund was refused', async () => {
  const { placeThree, sql, metrics } = await start({})
  await placeThree()
  await sql.query(
    "update customer_order set payment = 'refund_failed' where id in (select id from customer_order order by id limit 2)",
  )
  await sql.query(
    'update customer_order set settled = true where id = (select id from customer_order order by id limit 1)',
  )
  const shown = async () => expect(await metrics()).toContain('quadrille_orders_refund_failed{service="order"} 1')
  await waitFor(shown)
})

it('an old order whose refund was refused is listed as stuck, but hides no other one in the metric', async () => {
  const { url, placeThree, sql, metrics } = await start({})
  await placeThree()
  await sql.query("update customer_order set created_at = now() - interval '1 hour'")
  await waitFor(async () => expect(await metrics()).toContain('quadrille_orders_stuck{service="order"} 3'))
  await sql.query(
    "update customer_order set payment = 'refund_failed' where id in (select id from customer_order order by id limit 2)",
  )
  await waitFor(async () => expect(await metrics()).toContain('quadrille_orders_stuck{service="order"} 1'))
  const stuck = (await (await fetch(`${url}/orders?stuck=true`)).json()) as { items: object[] }
  expect(stuck.items).toHaveLength(3)
})

it('orders from before the clock was set back count as stuck, and have no negative age', async () => {
  const { url, placeThree, sql, metrics } = await start({})
  await placeThree()
  await sql.query("update customer_order set created_at = now() + interval '1 hour'")
  await waitFor(async () => expect(await metrics()).toContain('quadrille_orders_stuck{service="order"} 3'))
  expect(await metrics()).toContain('quadrille_orders_oldest_age_seconds{service="order"} 0')
  const stuck = (await (await fetch(`${url}/orders?stuck=true`)).json()) as { items: object[] }
  expect(stuck.items).toHaveLength(3)
})

it('a metric counts placed orders, without repeated requests', async () => {
  const { url, metrics } = await start({})
  const again = { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': 'one' } }
  for (let time = 0; time < 3; time += 1) await fetch(`${url}/orders`, { ...again, body: JSON.stringify(mugs) })
  expect(await metrics()).toContain('quadrille_orders_placed_total{service="order"} 1')
})

it('open orders never exceed the limit, even during a count', async () => {
  const most = sized({ quick: 400, full: 2_000 })
  const { post, sql } = await start({ ORDERS_OPEN_MAX: String(most) })
  const untilRefused = async () => {
    for (;;) {
      const { status } = await post()
      if (status !== 202) return status
    }
  }
  expect(new Set(await Promise.all(Array.from({ length: 100 }, untilRefused)))).toEqual(new Set([503]))
  const [row] = await sql.query<{ orders: number }>('select count(*)::integer as orders from customer_order')
  expect(row?.orders).toBeGreaterThan(most / 2)
  expect(row?.orders).toBeLessThanOrEqual(most)
})

it('at the limit, orders are rejected before their bodies are read, and metrics count the rejections', async () => {
  const { post, metrics } = await start({ ORDERS_OPEN_MAX: '1' })
  expect((await post()).status).toBe(202)
  expect((await post('{')).status).toBe(503)
  expect(await metrics()).toContain(
    'quadrille_http_requests_total{method="POST",path="/orders",status="202",service="order"} 1',
  )
  expect(await metrics()).toContain(
    'quadrille_http_requests_total{method="POST",path="/orders",status="503",service="order"} 1',
  )
  expect(await metrics()).toMatch(
    /^quadrille_http_request_duration_seconds_sum\{.*path="\/orders",status="2xx"\} (?!0$)[\d.]+$/m,
  )
  expect(await metrics()).not.toMatch(/^quadrille_http_request_duration_seconds.*"5xx"/m) // a refusal has no duration
})

it('requests in flight are limited: at the limit, orders are rejected, and health checks still succeed', async () => {
  const { url, post } = await start({ HTTP_MAX_IN_FLIGHT: '1' })
  const [answers, health] = await Promise.all([
    Promise.all(Array.from({ length: 50 }, () => post())),
    fetch(`${url}/health/ready?verbose`),
  ])
  expect(health.status).toBe(200)
  const crowded = answers.filter(({ status }) => status === 429)
  expect(crowded.length).toBeGreaterThan(0)
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(50 - crowded.length)
  expect(crowded[0]?.headers.get('retry-after')).toBe('1')
  expect(await crowded[0]?.json()).toMatchObject({ type: '/docs/problems#too-many-requests', status: 429 })
  expect((await post()).status).toBe(202)
})

/** Inserts orders that are settled now, and were placed at this age. Returns their ids. */
const insertSettled = (sql: Sql, count: number, age: string, reason: string | null = null) =>
  sql.query<{ id: string }>(
    `insert into customer_order (id, status, settled, customer_id, customer_email, currency, total, lines, payment, inventory,
                                 notifications, created_at, updated_at, expires_at, cancellation_reason)
     select gen_random_uuid(), case when $3::text is null then 'fulfilled' else 'cancelled' end, true, 'c-1', 'ada@example.com',
            'EUR', 1, '[]', 'captured', 'reserved', '[]', now() - $2::interval, now(), now(), $3
     from generate_series(1, $1::integer) returning id`,
    [count, age, reason],
  )

it('the time to settle does not include the days until a parcel is dispatched', async () => {
  const sql = await openTables()
  const dispatched = await insertSettled(sql, 150, '2 days')
  const ids = [dispatched.map(({ id }) => id)]
  await sql.query(
    `insert into order_shipment (order_id, at, carrier, tracking_code) select id, now(), 'DHL', '1' from unnest($1::uuid[]) as id`,
    ids,
  )
  expect(await settlingTimeP99Ms(sql)).toBeNull() // their histories were deleted
  await sql.query(
    `insert into order_event (order_id, id, event)
     select id, gen_random_uuid(), json_build_object('type', type, 'time', created_at + after) from customer_order,
            (values ('OrderFulfilled', interval '5 seconds'), ('ShipmentDispatched', interval '2 days')) as happened (type, after)
     where id = any($1::uuid[])`,
    ids,
  )
  expect(await settlingTimeP99Ms(sql)).toBe(5_000)
  await insertSettled(sql, 150, '2 seconds')
  expect(await settlingTimeP99Ms(sql)).toBe(5_000) // both count
})

it('the time to settle does not include orders that expired in an outage', async () => {
  const sql = await openTables()
  await insertSettled(sql, 989, '2 seconds')
  await insertSettled(sql, 11, '20 minutes', 'expired')
  expect(await settlingTimeP99Ms(sql)).toBe(2_000)
  await insertSettled(sql, 11, '20 minutes', 'customer')
  expect(await settlingTimeP99Ms(sql)).toBeGreaterThan(2_000)
})

it('an order counts as stuck after its latest expiry, even if the notifications of others were hours late', async () => {
  let open: readonly { id: string }[] = []
  const prepare = async (sql: Sql) => {
    await insertSettled(sql, 1, '31 minutes')
    open = await sql.query(
      "update customer_order set status = 'placed', settled = false, expires_at = now() + interval '1 hour' returning id",
    )
    await insertSettled(sql, 1_000, '3 hours')
  }
  const { url, metrics } = await start({ ORDER_TTL: '20m', EXPIRY_PAUSE_MAX: '10m' }, prepare)
  const estimated = async () => {
    const [, seconds] = /^quadrille_orders_stuck_after_seconds\{.*\} (\d+)$/m.exec(await metrics()) ?? []
    expect(Number(seconds)).toBe(30 * 60)
  }
  await waitFor(estimated)
  const stuck = (await (await fetch(`${url}/orders?stuck=true`)).json()) as { items: { id: string }[] }
  expect(stuck.items.map(({ id }) => ({ id }))).toEqual(open)
})

it('the estimate of the time to settle reads a limited number of orders that expired', async () => {
  const sql = await openTables()
  await insertSettled(sql, 1_000, '2 seconds')
  await sql.query("update customer_order set id = overlay(id::text placing '00000000' from 1)::uuid") // before all others
  await insertSettled(sql, 9_900, '20 minutes', 'expired')
  expect(await settlingTimeP99Ms(sql)).toBe(2_000)
  await insertSettled(sql, 1, '20 minutes', 'expired')
  expect(await settlingTimeP99Ms(sql)).toBeNull()
})
