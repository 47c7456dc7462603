/** The job that cancels overdue orders, with a real database. The test itself cancels the orders that the job requests. */
import type { Draft } from '@quadrille/events'
import type { TraceContext } from '@quadrille/messages'
import type { Database } from '@quadrille/postgres'
import type { Context } from '@quadrille/service'
import { createPostgresAvailability } from '@quadrille/service/tools'
import { type MigratedDatabase, openMigratedDatabase } from '@quadrille/testing'
import { pino } from 'pino'
import { beforeAll, expect, inject, it, onTestFinished, vi } from 'vitest'
import type { Config } from '../src/config.ts'
import { findExpired, requireWritable } from '../src/db/order-table.ts'
import { createExpiry } from '../src/jobs/expiry.ts'
import { order } from '../src/service.ts'
import { overdueIds } from './expiring-shop.ts'

let migrated: MigratedDatabase
beforeAll(async () => {
  migrated = await openMigratedDatabase(inject('postgresUrl'), order.migrations)
  return migrated.close
})

/** The database, with overdue orders and nothing else. */
const openOverdue = async (orders: number): Promise<Database> => {
  await migrated.empty()
  const sql = migrated.database
  await sql.query(
    `insert into customer_order (id, status, settled, customer_id, customer_email, currency, total, lines, payment, inventory,
                                 notifications, created_at, updated_at, expires_at)
     select gen_random_uuid(), 'placed', false, 'c-1', 'ada@example.com', 'EUR', 1, '[]', 'pending', 'pending', '[]', now(), now(),
            now() - interval '1 second' from generate_series(1, $1::integer)`,
    [orders],
  )
  return sql
}

type Dispatch = (request: Draft<'CancellationRequested'>, trace?: TraceContext) => Promise<undefined>

const silent = pino({ level: 'silent' })
const { signal } = new AbortController()

/** The options are parts of the context. */
const expiryOf = (
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

const jobOf = (...options: Parameters<typeof expiryOf>) => expiryOf(...options).job

const countOverdue = async (sql: Database) => (await overdueIds(sql)).length

const cancelIn =
  (sql: Database): Dispatch =>
  async ({ data: { orderId } }) =>
    void (await sql.query(
      "update customer_order set status = 'cancelled', cancellation_reason = 'expired' where id = $1",
      [orderId],
    ))

it('one run cancels all overdue orders, batch by batch', async () => {
  const sql = await openOverdue(1_200)
  await jobOf(sql, cancelIn(sql)).run(signal)
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

it('orders that a failover has opened again are all cancelled, also one that fails at first', async () => {
  const sql = await openOverdue(1_200)
  await sql.query("update customer_order set expires_at = now() - interval '1 hour'")
  await sql.query("update customer_order set status = 'cancelled', cancellation_reason = 'expired'")
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const cancel = cancelIn(sql)
  let requests = 0
  const dispatch: Dispatch = (request) => {
    requests += 1
    return requests === 1 ? Promise.reject(new Error('the outcome is unknown')) : cancel(request)
  }
  const { run } = jobOf(sql, dispatch)
  await run(signal)
  await sql.query("update customer_order set status = 'placed', cancellation_reason = null")
  vi.advanceTimersByTime(600_000)
  await afterAGap(() => run(signal))
  await expect(run(signal)).rejects.toThrow('could not be cancelled: 1')
  expect(await countOverdue(sql)).toBe(1)
  await run(signal)
  expect(await countOverdue(sql)).toBe(0)
})

it('no order is cancelled if the service is disconnected while it reads their traces', async () => {
  const sql = await openOverdue(1)
  let reason: string | null = null
  const disconnecting: Database = {
    ...sql,
    query: async <Row>(text: string, values?: readonly unknown[]) => {
      const rows = await sql.query<Row>(text, values)
      if (text.includes('order_event')) reason = 'the broker is unavailable'
      return rows
    },
  }
  await jobOf(disconnecting, cancelIn(sql), { catchingUp: () => reason }).run(signal)
  expect(await countOverdue(sql)).toBe(1)
})

/** Runs for 30 s after a gap, in which no order expires. */
const afterAGap = async (run: () => Promise<unknown>) => {
  for (let second = 0; second < 30; second += 1) {
    await run()
    vi.advanceTimersByTime(1_000)
  }
  vi.advanceTimersByTime(1)
}

/** The database, whose time goes on faster than that of this process by `aheadMs`. */
const aheadOf = (sql: Database, aheadMs: () => number): Database => ({
  ...sql,
  query: async <Row>(text: string, values?: readonly unknown[]) => {
    const rows = await sql.query<Row>(text, values)
    const later = (row: Row) => ({ ...row, now: new Date(Number((row as { now?: Date }).now) + aheadMs()) })
    return text.includes('clock_timestamp()') ? rows.map(later) : rows
  },
})

it.each([
  ['the process was stopped', 6_000, 0],
  ['the machine was suspended, and the clock of the process stood still', 0, 6_000],
])('orders expire 30 s after %s', async (_, stoppedMs, suspendedMs) => {
  const sql = await openOverdue(1)
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  let isDisconnected = true
  const { job, paused } = expiryOf(
    aheadOf(sql, () => (isDisconnected ? 0 : suspendedMs) + performance.now()),
    cancelIn(sql),
    { catchingUp: () => (isDisconnected ? 'the broker is unavailable' : null) },
  )
  await job.run(signal)
  isDisconnected = false
  expect(paused()).toBeNull()
  vi.advanceTimersByTime(stoppedMs)
  await afterAGap(() => job.run(signal))
  expect(await countOverdue(sql)).toBe(1)
  await job.run(signal)
  expect(await countOverdue(sql)).toBe(0)
})

it('no order is cancelled if the machine was suspended while the service read their traces', async () => {
  const sql = await openOverdue(1)
  let suspendedMs = 0
  const suspended = aheadOf(sql, () => suspendedMs)
  const suspending: Database = {
    ...suspended,
    query: async <Row>(text: string, values?: readonly unknown[]) => {
      const rows = await suspended.query<Row>(text, values)
      if (text.includes('order_event')) suspendedMs = 6_000
      return rows
    },
  }
  const { job, paused } = expiryOf(suspending, cancelIn(sql))
  await job.run(signal)
  expect([await countOverdue(sql), paused()]).toEqual([1, expect.stringMatching(/^this process was stopped/)])
})

it('orders expire late, but do expire, if Postgres always takes longer than a stop of the process', async () => {
  const sql = await openOverdue(1)
  await sql.query("update customer_order set expires_at = now() - interval '1 hour'")
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const slow: Database = {
    ...sql,
    query: async <Row>(text: string, values?: readonly unknown[]) => {
      const rows = await sql.query<Row>(text, values)
      if (text.includes('order_event')) vi.advanceTimersByTime(6_000)
      return rows
    },
  }
  const { job } = expiryOf(slow, cancelIn(sql))
  let seconds = 0
  for (; seconds < 600 && (await countOverdue(sql)) > 0; seconds += 1) {
    await job.run(signal)
    vi.advanceTimersByTime(1_000)
  }
  expect(seconds).toBeGreaterThan(50) // EXPIRY_PAUSE_MAX is a minute
  expect(seconds).toBeLessThan(120)
})

it('the pause after a gap has the limit of all pauses', async () => {
  const sql = await openOverdue(1)
  await sql.query("update customer_order set expires_at = now() - interval '1 hour'")
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { job, paused } = expiryOf(sql, cancelIn(sql))
  for (let runs = 0; runs < 12; runs += 1) {
    vi.advanceTimersByTime(6_000)
    await job.run(signal)
    expect([await countOverdue(sql), paused()]).toEqual([1, expect.stringMatching(/^this process was stopped/)])
  }
  vi.advanceTimersByTime(6_000)
  await job.run(signal)
  expect(await countOverdue(sql)).toBe(0)
})

it.each([1, 90])(
  'a message that always waits for Postgres uses up the limit if others succeed each %i s',
  async (everyS) => {
    const sql = await openOverdue(1)
    await sql.query("update customer_order set expires_at = now() - interval '1 hour'")
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const availability = createPostgresAvailability({ signal, random: () => 0 })
    const cancel = vi.fn(cancelIn(sql))
    const job = jobOf(sql, cancel, {
      catchingUp: () => 'Postgres was unavailable 0 s ago',
      waitsForPostgres: availability.isAwaited,
    })
    let second = 0
    for (; second < 20 * 90 && cancel.mock.calls.length === 0; second += 1) {
      if (second % everyS === 0) availability.recordSuccess()
      await availability.pause()
      vi.advanceTimersByTime(1_000)
      await job.run(signal)
    }
    expect(second).toBeGreaterThan(60)
    expect(await countOverdue(sql)).toBe(0)
  },
)

it('a run fails while Postgres is read-only, also if no order has expired', async () => {
  const sql = await openOverdue(0)
  const readOnly: Database = {
    ...sql,
    query: (text, values) =>
      sql.transaction(async (transaction) => {
        await transaction.query('set transaction read only')
        return transaction.query(text, values)
      }),
  }
  await expect(jobOf(readOnly, cancelIn(sql)).run(signal)).rejects.toMatchObject({
    code: '25006',
  })
})

it('the search for expired orders writes nothing', async () => {
  const sql = await openOverdue(1)
  const xids = await sql.transaction(async (transaction) => {
    await requireWritable(transaction)
    expect(await findExpired(transaction, { overdueMs: 0, limit: 10 })).toHaveLength(1)
    return transaction.query('select pg_current_xact_id_if_assigned()::text as xid')
  })
  expect(xids).toEqual([{ xid: null }])
})

it('a run ends after a batch that fails as a whole, and after a limited number of batches that change nothing', async () => {
  const sql = await openOverdue(500)
  const refused = new Error('the outcome is unknown')
  await expect(jobOf(sql, () => Promise.reject(refused)).run(signal)).rejects.toMatchObject({
    message: expect.stringMatching(/^Expired orders could not be cancelled: 500\. The first is [-0-9a-f]{36}\.$/),
    cause: refused,
  })
  let requests = 0
  const ignore: Dispatch = async () => {
    requests += 1
    return undefined
  }
  await jobOf(sql, ignore).run(signal)
  expect(requests).toBe(20 * 500)
})

it('an order that cannot be cancelled delays no other orders, and the run ends with its id and error', async () => {
  const sql = await openOverdue(1_200)
  const [first] = await overdueIds(sql)
  const damaged = new Error('its row is damaged')
  const cancel = cancelIn(sql)
  const requested: string[] = []
  const dispatch: Dispatch = (request) => {
    requested.push(request.data.orderId)
    return request.data.orderId === first ? Promise.reject(damaged) : cancel(request)
  }
  await expect(jobOf(sql, dispatch).run(signal)).rejects.toMatchObject({
    message: `Expired orders could not be cancelled: 1. The first is ${first}.`,
    cause: damaged,
  })
  expect(await overdueIds(sql)).toEqual([first])
  expect(requested).toHaveLength(1_200)
})

/** Gives each order a trace. Returns the traces by order. */
const giveTraces = async (sql: Database): Promise<ReadonlyMap<string, string>> => {
  await sql.query(
    `insert into order_event (order_id, id, event)
     select id, gen_random_uuid(), json_build_object('type', 'OrderPlaced', 'traceparent', 'trace of ' || id)
     from customer_order`,
  )
  return new Map((await overdueIds(sql)).map((orderId) => [orderId, `trace of ${orderId}`]))
}

/** Statements that read the history of this order, or of any, fail with this code. Returns a function that ends the fault. */
const failReads = async (sql: Database, orderId: string | 'any', code: string) => {
  const read = (body: string) =>
    sql.query(
      `create or replace function read_event(order_id uuid, event json) returns json stable language plpgsql as $$
       begin ${body} return event; end $$`,
    )
  await read(
    `if '${orderId}' in ('any', order_id::text) then raise 'raised by the test' using errcode = '${code}'; end if;`,
  )
  await sql.query('alter table order_event rename to stored_event')
  await sql.query(
    'create view order_event as select order_id, id, read_event(order_id, event) as event from stored_event',
  )
  onTestFinished(async () => {
    await sql.query('drop view order_event')
    await sql.query('alter table stored_event rename to order_event')
  })
  return () => read('')
}

/** Collects the traces in which orders are cancelled. */
const tracing = (sql: Database) => {
  const traces = new Map<string, string | undefined>()
  const cancel = cancelIn(sql)
  const dispatch: Dispatch = (request, trace) => {
    traces.set(request.data.orderId, trace?.traceparent)
    return cancel(request)
  }
  return { traces, job: jobOf(sql, dispatch) }
}

it.each(['XX001', '58030', '22P02'])(
  'an order whose history cannot be read (%s) is cancelled, and others keep their traces',
  async (code) => {
    const sql = await openOverdue(7)
    const expected = new Map<string, string | undefined>(await giveTraces(sql))
    const [damaged = ''] = expected.keys()
    await failReads(sql, damaged, code)
    const { traces, job } = tracing(sql)
    await job.run(signal)
    expect(traces).toEqual(expected.set(damaged, undefined))
    expect(await countOverdue(sql)).toBe(0)
  },
)

it('orders are cancelled after few statements, and with one log line, if no history can be read', async () => {
  const sql = await openOverdue(128)
  await giveTraces(sql)
  await failReads(sql, 'any', '58P01')
  let reads = 0
  const counting: Database = {
    ...sql,
    query: (text, values) => {
      if (text.includes('order_event')) reads += 1
      return sql.query(text, values)
    },
  }
  const log = pino({ level: 'silent' })
  const warn = vi.spyOn(log, 'warn')
  await jobOf(counting, cancelIn(sql), { log }).run(signal)
  expect(await countOverdue(sql)).toBe(0)
  expect(reads).toBeLessThan(40) // instead of 255
  expect(warn.mock.calls).toEqual([[expect.objectContaining({ orders: 128 }), expect.any(String)]])
})

it.each(['57014', '42501', '42703'])('no order is cancelled outside of its trace after the error %s', async (code) => {
  const sql = await openOverdue(7)
  const expected = await giveTraces(sql)
  const [first = ''] = expected.keys()
  const mend = await failReads(sql, first, code)
  const { traces, job } = tracing(sql)
  await expect(job.run(signal)).rejects.toMatchObject({ code })
  expect(traces.size).toBe(0)
  await mend()
  await job.run(signal)
  expect(traces).toEqual(expected)
})
