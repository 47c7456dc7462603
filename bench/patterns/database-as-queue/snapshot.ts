/**
 * A transaction of another session holds a snapshot, such as a report or a forgotten psql, while as many tasks as possible flow.
 * Postgres can't remove the rows of handled tasks as long as that snapshot may see them.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import { openSession } from '../../src/systems/postgres.ts'
import { nowMs } from '../now.ts'
import type { Sizes } from './sizes.ts'
import { makeTasks } from './task.ts'
import type { OpenedQueue } from './with-queue.ts'

export interface Snapshot {
  /** The outcomes of each second. */
  readonly perSecond: readonly number[]
  /** The number of rows that are deleted or outdated, but not removed, at the end of the snapshot. */
  readonly deadRows: number
}

const consumers = 8
const senders = 4
const sendSize = 100
/** The senders wait while at least this many tasks have no outcome. */
const openMax = 4_000

export const measureSnapshot = async (
  { queue, send, sent, complete, outcomes, session, databaseUrl }: OpenedQueue,
  { snapshotMs }: Sizes,
): Promise<Snapshot> => {
  const holder = await openSession(databaseUrl)
  const sendUntil = async (endMs: number) => {
    while (nowMs() < endMs)
      if (sent() - outcomes.written() < openMax) await send(makeTasks(sendSize))
      else await pause(1)
  }
  const flow = (ms: number) => Promise.all(Array.from({ length: senders }, () => sendUntil(nowMs() + ms)))
  await queue.consume(consumers)
  const beginMs = nowMs()
  await flow(snapshotMs.before)
  await holder.query('begin isolation level repeatable read')
  await holder.query('select from outcome limit 1') // the first statement takes the snapshot
  await flow(snapshotMs.held)
  const deadRows = await countDeadRows(session)
  await holder.end() // which rolls back
  await flow(snapshotMs.after)
  const endMs = nowMs()
  await complete()
  return { deadRows, perSecond: await outcomes.perSecond(beginMs, endMs) }
}

const countDeadRows = async (session: Client): Promise<number> => {
  const { rows } = await session.query<{ count: number }>(
    'select sum(n_dead_tup)::float as count from pg_stat_user_tables',
  )
  return rows[0]?.count ?? 0
}
