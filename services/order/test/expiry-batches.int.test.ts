/** The job that cancels overdue orders, with a real database. The test itself cancels the orders that the job requests. */
import type { Draft } from '@quadrille/events'
import { type Database, openDatabase } from '@quadrille/postgres'
import { type Context, migrateAll } from '@quadrille/service'
import { createTestDatabase } from '@quadrille/testing'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import type { Config } from '../src/config.ts'
import { findExpired } from '../src/db/order-table.ts'
import { createExpiry } from '../src/jobs/expiry.ts'
import { order } from '../src/service.ts'

const openOverdue = async (orders: number): Promise<Database> => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), {
    name: 'order',
    fill: (empty) => migrateAll(empty, order),
  })
  onTestFinished(drop)
  const sql = openDatabase({ url, applicationName: 'test', max: 2, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  await sql.query(
    `insert into customer_order (id, status, settled, customer_id, customer_email, currency, total, lines, payment, inventory,
                                 notifications, created_at, updated_at, expires_at)
     select gen_random_uuid(), 'placed', false, 'c-1', 'ada@example.com', 'EUR', 1, '[]', 'pending', 'pending', '[]', now(), now(),
            now() - interval '1 second' from generate_series(1, $1::integer)`,
    [orders],
  )
  return sql
}

type Dispatch = (request: Draft<'CancellationRequested'>) => Promise<undefined>

const jobOf = (database: Database, dispatch: Dispatch) => {
  const context = {
    config: { EXPIRY_PAUSE_MAX: 0 },
    database,
    dispatch,
    catchingUp: () => null,
    gauge: () => undefined,
    log: pino({ level: 'silent' }),
  }
  return createExpiry(context as unknown as Context<Config, Draft<'CancellationRequested'>>, { noneOpen: () => false })
    .job
}

const countOverdue = async (sql: Database) => (await findExpired(sql, 0, 10_000)).length

const cancelIn =
  (sql: Database): Dispatch =>
  async ({ data: { orderId } }) =>
    void (await sql.query(
      "update customer_order set status = 'cancelled', cancellation_reason = 'expired' where id = $1",
      [orderId],
    ))

it('one run cancels all overdue orders, batch by batch', async () => {
  const sql = await openOverdue(1_200)
  await jobOf(sql, cancelIn(sql)).run(new AbortController().signal)
  expect(await countOverdue(sql)).toBe(0)
})

it('a run ends after the batch in which the service stops', async () => {
  const sql = await openOverdue(1_200)
  const stopping = new AbortController()
  const cancel = cancelIn(sql)
  const dispatch: Dispatch = (request) => {
    stopping.abort()
    return cancel(request)
  }
  await jobOf(sql, dispatch).run(stopping.signal)
  expect(await countOverdue(sql)).toBe(700)
})

it('a run ends with the error of a batch, and after a limited number of batches that change nothing', async () => {
  const sql = await openOverdue(500)
  const refused = new Error('the outcome is unknown')
  const { signal } = new AbortController()
  await expect(jobOf(sql, () => Promise.reject(refused)).run(signal)).rejects.toBe(refused)
  let requests = 0
  const ignore: Dispatch = async () => {
    requests += 1
    return undefined
  }
  await jobOf(sql, ignore).run(signal)
  expect(requests).toBe(20 * 500)
})

it('an order that cannot be cancelled delays no other orders, and the run ends with its error', async () => {
  const sql = await openOverdue(1_200)
  const [first] = await findExpired(sql, 0, 1)
  const damaged = new Error('its row is damaged')
  const cancel = cancelIn(sql)
  const requested: string[] = []
  const dispatch: Dispatch = (request) => {
    requested.push(request.data.orderId)
    return request.data.orderId === first ? Promise.reject(damaged) : cancel(request)
  }
  await expect(jobOf(sql, dispatch).run(new AbortController().signal)).rejects.toBe(damaged)
  expect(await findExpired(sql, 0, 10)).toEqual([first])
  expect(requested).toHaveLength(1_200)
})

it('orders are cancelled even if a row of their histories cannot be read', async () => {
  const sql = await openOverdue(3)
  await sql.query(
    "insert into order_event (order_id, id, event) select id, gen_random_uuid(), '{}' from customer_order",
  )
  await sql.query('alter table order_event rename column event to unreadable') // the same kind of fault as a damaged page
  await jobOf(sql, cancelIn(sql)).run(new AbortController().signal)
  expect(await countOverdue(sql)).toBe(0)
})
