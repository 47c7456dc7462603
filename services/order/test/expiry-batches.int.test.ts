/** Which orders the job that cancels overdue orders requests to cancel, and in which trace. */
import type { Database } from '@quadrille/postgres'
import { pino } from 'pino'
import { expect, it, onTestFinished, vi } from 'vitest'
import { findExpired, requireWritable } from '../src/db/order-table.ts'
import { overdueIds } from './expiring-shop.ts'
import { afterAGap, cancelIn, countOverdue, type Dispatch, forOverdueOrders, jobOf, signal } from './expiry-job.ts'

const openOverdue = forOverdueOrders()

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
  const sql = await openOverdue(1_000)
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

it('an order that could not be cancelled is tried again in the next run, although the others expired much later', async () => {
  const sql = await openOverdue(2)
  const [first] = await overdueIds(sql)
  await sql.query("update customer_order set expires_at = now() - interval '1 hour' where id = $1", [first])
  const cancel = cancelIn(sql)
  let isRefused = true
  const { run } = jobOf(sql, (request) =>
    isRefused && request.data.orderId === first ? Promise.reject(new Error('the outcome is unknown')) : cancel(request),
  )
  await expect(run(signal)).rejects.toThrow('could not be cancelled: 1')
  isRefused = false
  await run(signal)
  expect(await countOverdue(sql)).toBe(0)
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
