/** The table of the outcomes: the effect of the tasks, which each queue must have exactly once. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import { type Summary, summarize } from '../../src/results/statistics.ts'
import { nowMs } from '../now.ts'
import type { Task } from './task.ts'

/** Runs a statement in the transaction of a consumer. */
export type Query = (text: string, values: unknown[]) => Promise<unknown>

export interface Outcomes {
  /**
   * Writes the outcomes of a batch. A task that already has one is skipped if tasks may repeat.
   * @throws otherwise; `complete` throws then too.
   */
  write(query: Query, tasks: readonly Task[]): Promise<void>
  /** The number of tasks whose outcomes were written so far. Those of the last transactions may not be committed yet. */
  written(): number
  /** Resolves when all of the tasks that were sent have one outcome. @throws if that takes too long, or `failure` returns an error. */
  complete(sent: number, failure: () => unknown): Promise<void>
  /** From the time at which each task should have been sent to that of its outcome, ms; for the tasks that were due from `fromMs` on. */
  latencies(fromMs: number): Promise<Summary>
  /** The number of outcomes in each whole second from `startMs` to `endMs`. A last part of a second is left out. */
  perSecond(startMs: number, endMs: number): Promise<number[]>
}

/** How long all tasks may take without progress, ms. */
const patienceMs = 20_000

/** @param session - a session in the database of the queue */
export const openOutcomes = async (
  session: Client,
  { mayRepeat }: { readonly mayRepeat: boolean },
): Promise<Outcomes> => {
  await session.query(`create table outcome (
    task_id    uuid primary key,
    order_id   uuid not null,
    amount     bigint not null,
    due_ms     double precision not null,
    written_at timestamptz not null default clock_timestamp()
  )`)
  const statement = mayRepeat ? `${insertion} on conflict (task_id) do nothing` : insertion
  let written = 0
  let failed: unknown
  return {
    write: async (query, tasks) => {
      try {
        await query(statement, [
          tasks.map(({ id }) => id),
          tasks.map(({ orderId }) => orderId),
          tasks.map(({ amount }) => amount),
          tasks.map(({ dueMs }) => dueMs),
        ])
      } catch (error) {
        failed ??= error // the queue may try the batch again, and hide the error
        throw error
      }
      written += tasks.length
    },
    written: () => written,
    complete: async (sent, failure) => {
      const anyFailure = () => failed ?? failure()
      await untilWritten(sent, () => written, anyFailure)
      await untilCommitted(sent, session, anyFailure)
    },
    latencies: async (fromMs) => {
      const text = `select ${writtenMs} - due_ms as ms from outcome where due_ms >= $1`
      const { rows } = await session.query<{ ms: number }>(text, [fromMs])
      return summarize(rows.map(({ ms }) => ms))
    },
    perSecond: async (startMs, endMs) => {
      const { rows } = await session.query<{ count: number }>(
        `select count(task_id)::integer as count
         from generate_series(0, floor(($2::float - $1) / 1000)::integer - 1) as second
         left join outcome on floor((${writtenMs} - $1) / 1000) = second
         group by second order by second`,
        [startMs, endMs],
      )
      return rows.map(({ count }) => count)
    },
  }
}

const writtenMs = 'extract(epoch from written_at)::float * 1000'

const insertion = `insert into outcome (task_id, order_id, amount, due_ms)
  select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::float[])`

const untilWritten = async (sent: number, written: () => number, failure: () => unknown): Promise<void> => {
  for (let seen = written(), since = nowMs(); written() < sent; await pause(2)) {
    const error = failure()
    if (error) throw error
    if (written() > seen) [seen, since] = [written(), nowMs()]
    if (nowMs() - since > patienceMs) throw new Error(`Of ${sent} tasks, ${sent - seen} have no outcome.`)
  }
}

/** The primary key allows one outcome for each task, so that their number is enough. */
const untilCommitted = async (sent: number, session: Client, failure: () => unknown): Promise<void> => {
  for (const since = nowMs(); ; await pause(20)) {
    const { rows } = await session.query<{ count: number }>('select count(*)::integer as count from outcome')
    const count = rows[0]?.count ?? 0
    const error = failure()
    if (error) throw error
    if (count === sent) return
    if (count > sent || nowMs() - since > patienceMs) throw new Error(`${sent} tasks have ${count} outcomes.`)
  }
}
