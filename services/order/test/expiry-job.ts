/** The job that cancels overdue orders, alone, with a real database. The test itself cancels the orders that the job requests. */
import type { Draft } from '@quadrille/events'
import type { TraceContext } from '@quadrille/messages'
import type { Database } from '@quadrille/postgres'
import type { Context } from '@quadrille/service'
import { type MigratedDatabase, openMigratedDatabase } from '@quadrille/testing'
import { pino } from 'pino'
import { beforeAll, inject, vi } from 'vitest'
import type { Config } from '../src/config.ts'
import { createExpiry } from '../src/jobs/expiry.ts'
import { order } from '../src/service.ts'
import { overdueIds } from './expiring-shop.ts'

/** Opens a database for the tests of one file. The result empties it and fills it with overdue orders. */
export const forOverdueOrders = (): ((orders: number) => Promise<Database>) => {
  let migrated: MigratedDatabase
  beforeAll(async () => {
    migrated = await openMigratedDatabase(inject('postgresUrl'), order.migrations)
    return migrated.close
  })
  return async (orders) => {
    await migrated.empty()
    const sql = migrated.database
    await sql.query(
      `insert into customer_order (id, status, settled, customer_id, customer_email, currency, total, lines, payment, inventory,
                                   notifications, created_at, updated_at, expires_at)
       select gen_random_uuid(), 'placed', false, 'c-1', 'ada@example.com', 'EUR', 1, '[]', 'pending', 'pending', '[]', now(),
              now(), now() - interval '1 second' from generate_series(1, $1::integer)`,
      [orders],
    )
    return sql
  }
}

export type Dispatch = (request: Draft<'CancellationRequested'>, trace?: TraceContext) => Promise<undefined>

const silent = pino({ level: 'silent' })
export const signal: AbortSignal = new AbortController().signal

/** The options are parts of the context. */
export const expiryOf = (
  database: Database,
  dispatch: Dispatch,
  {
    log = silent,
    catchingUp = () => null,
    waitsForPostgres = () => false,
  }: Partial<Pick<Context<Config>, 'log' | 'catchingUp' | 'waitsForPostgres'>> = {},
) => {
  const context = {
    config: { EXPIRY_PAUSE_MAX: 60_000 },
    clock: { now: () => new Date() },
    database,
    dispatch,
    catchingUp,
    waitsForPostgres,
    gauge: () => undefined,
    log,
  }
  return createExpiry(context as unknown as Context<Config, Draft<'CancellationRequested'>>)
}

export const jobOf = (...options: Parameters<typeof expiryOf>) => expiryOf(...options).job

export const countOverdue = async (sql: Database) => (await overdueIds(sql)).length

export const cancelIn =
  (sql: Database): Dispatch =>
  async ({ data: { orderId } }) =>
    void (await sql.query(
      "update customer_order set status = 'cancelled', cancellation_reason = 'expired' where id = $1",
      [orderId],
    ))

/** Runs for 30 s after a gap, in which no order expires. */
export const afterAGap = async (run: () => Promise<unknown>) => {
  for (let second = 0; second < 30; second += 1) {
    await run()
    vi.advanceTimersByTime(1_000)
  }
  vi.advanceTimersByTime(1)
}
