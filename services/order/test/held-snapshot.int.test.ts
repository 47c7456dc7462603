/** The periodic scans while a transaction is open for long: Postgres then keeps the index entries of settled orders. */
import { type Draft, newOrderId } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import type { Context } from '@quadrille/service'
import { openMigratedDatabase } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import type { Config } from '../src/config.ts'
import { createExpiry } from '../src/jobs/expiry.ts'
import { watchOpenOrders } from '../src/jobs/watch-open-orders.ts'
import { order } from '../src/service.ts'

const settled = 3_000

type Expiring = Context<Config, Draft<'CancellationRequested'>>

/** Orders that were settled while a transaction was open, which is still open. */
const openAfterManySettled = async () => {
  const { database, close } = await openMigratedDatabase(inject('postgresUrl'), order.migrations, {
    idleInTransactionMs: 0,
  })
  onTestFinished(close)
  await database.query(
    `insert into customer_order (id, status, settled, customer_id, customer_email, currency, total, lines, payment, inventory,
                                 notifications, created_at, updated_at, expires_at)
     select overlay(gen_random_uuid()::text placing '00000000' from 1)::uuid, 'placed', false, 'ada', 'ada@example.com', 'EUR', 1, '[]',
            'pending', 'pending', '[]', now(), now(), now() - interval '1 hour' from generate_series(1, $1::integer)`,
    [settled],
  )
  const [reading, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const held = database.transaction(async (sql) => {
    await sql.query('set transaction isolation level repeatable read')
    await sql.query('select from customer_order limit 1')
    reading.resolve()
    await read.promise
  })
  onTestFinished(async () => {
    read.resolve()
    await held
  })
  await reading.promise
  await database.query("update customer_order set status = 'fulfilled', settled = true")
  return database
}

const openOrder = (sql: Database, expiry: string) =>
  sql.query(
    `insert into customer_order (id, status, settled, customer_id, customer_email, currency, total, lines, payment, inventory,
                                 notifications, created_at, updated_at, expires_at)
     values ($1, 'placed', false, 'ada', 'ada@example.com', 'EUR', 1, '[]', 'pending', 'pending', '[]', now(), now(),
             now() + $2::interval)`,
    [newOrderId(), expiry],
  )

interface Explained {
  readonly 'QUERY PLAN': readonly [
    { readonly Plan: { readonly 'Shared Hit Blocks': number; readonly 'Shared Read Blocks': number } },
  ]
}

/** A context whose statements about open orders add the number of the pages that they read. */
const countingPages = (database: Database) => {
  const pages: number[] = []
  const counting: Database = {
    ...database,
    query: async (text, values) => {
      if (text.includes('where not settled')) {
        const [explained] = await database.query<Explained>(`explain (analyze, buffers, format json) ${text}`, values)
        const plan = explained?.['QUERY PLAN'][0].Plan
        pages.push((plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0))
      }
      return database.query(text, values)
    },
  }
  const context = {
    config: { ORDERS_OPEN_MAX: 50_000, STUCK_AFTER: 30_000, EXPIRY_PAUSE_MAX: 60_000 },
    clock: { now: () => new Date() },
    database: counting,
    catchingUp: () => null,
    waitsForPostgres: () => false,
    gauge: () => undefined,
    dispatch: () => Promise.reject(new Error('its row is damaged')),
  }
  return { pages, context: context as unknown as Expiring }
}

const reading = (pages: readonly number[]) => ({ first: pages[0] ?? 0, later: Math.max(...pages.slice(1)) })

test.each([0, 1])('the count of the open orders reads the settled ones only once, if %i are open', async (open) => {
  const database = await openAfterManySettled()
  if (open > 0) await openOrder(database, '1 hour')
  const { pages, context } = countingPages(database)
  const counts: number[] = []
  const [job] = watchOpenOrders(context as unknown as Context<Config>, {
    recount: async (count) => void counts.push(await count()),
  }).jobs
  for (let time = 0; time < 3; time += 1) await job?.run(new AbortController().signal)
  expect(reading(pages).first).toBeGreaterThan(settled / 50)
  expect(reading(pages).later).toBeLessThan(15)
  expect(counts).toEqual([open, open, open])
})

test.each([
  ['none has expired', '1 hour', []],
  ['one has expired and cannot be cancelled', '-1 second', Array(3).fill('Expired orders could not be cancelled: 1.')],
])('the search for expired orders reads the settled ones only once, if %s', async (_, expiry, expected) => {
  const database = await openAfterManySettled()
  await openOrder(database, expiry)
  const { pages, context } = countingPages(database)
  const { job } = createExpiry(context)
  const errors: string[] = []
  for (let time = 0; time < 3; time += 1)
    await job.run(new AbortController().signal).catch((error: Error) => errors.push(error.message))
  expect(reading(pages).first).toBeGreaterThan(settled / 50)
  expect(reading(pages).later).toBeLessThan(15)
  expect(errors).toEqual(expected.map((message) => expect.stringContaining(message)))
})
