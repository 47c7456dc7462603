import type { TraceContext } from '@quadrille/messages'
import { concernsStatement, isCancellation, isRefusal } from '@quadrille/postgres'
import type { Context } from '@quadrille/service'
import type { Config } from '../config.ts'
import { findTraces } from '../db/history-table.ts'

/** After this many unreadable histories in a row, the rest is not tried. One damaged page usually holds parts of fewer. */
const unreadableInARow = 16

/**
 * The trace of each order that has one. An order is left out if a row of its own history is damaged, or most likely the whole
 * table, so that it can still end.
 *
 * @throws any other error, because a repetition can then find the traces, and an order that is cancelled without its trace stays
 * without it.
 */
export const readTraces = async (
  { database, log }: Pick<Context<Config>, 'database' | 'log'>,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, TraceContext>> => {
  const traces = new Map<string, TraceContext>()
  let err: unknown

  /** Returns the orders whose history was not read. */
  const read = async (ids: readonly string[]): Promise<readonly string[]> => {
    if (ids.length === 0) return []
    try {
      for (const [orderId, trace] of await findTraces(database, ids)) traces.set(orderId, trace)
      return []
    } catch (error) {
      if (!isDamage(error)) throw error
      err = error
    }
    return ids.length > 1 ? readHalves(ids) : ids
  }

  const readHalves = async (ids: readonly string[]): Promise<readonly string[]> => {
    const half = Math.ceil(ids.length / 2)
    const unread = await read(ids.slice(0, half))
    if (unread.length === half && half >= unreadableInARow) return ids
    return [...unread, ...(await read(ids.slice(half)))]
  }

  const unread = await read(orderIds)
  if (unread.length > 0)
    log.warn(
      { err, orders: unread.length, orderId: unread[0] },
      'the traces of expired orders cannot be read; the orders are cancelled without them',
    )
  return traces
}

/** True if a row may be damaged. A cancelled statement, and a missing column or grant, say nothing about the rows. */
const isDamage = (error: unknown): boolean => concernsStatement(error) && !isCancellation(error) && !isRefusal(error)
