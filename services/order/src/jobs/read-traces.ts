import type { TraceContext } from '@quadrille/messages'
import { concernsStatement, isCancellation, isRefusal } from '@quadrille/postgres'
import type { Context } from '@quadrille/service'
import type { Config } from '../config.ts'
import { findTraces } from '../db/history-table.ts'

/**
 * The trace of each order that has one. An order is left out if a row of its own history is damaged, so that it can still end.
 *
 * @throws any other error, because a repetition can then find the traces, and an order that is cancelled without its trace stays
 * without it.
 */
export const readTraces = async (
  { database, log }: Pick<Context<Config>, 'database' | 'log'>,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, TraceContext>> => {
  const read = async (ids: readonly string[]): Promise<readonly (readonly [string, TraceContext])[]> => {
    if (ids.length === 0) return []
    try {
      return [...(await findTraces(database, ids))]
    } catch (err) {
      if (!isDamage(err)) throw err
      if (ids.length > 1) return inHalves(ids, read)
      log.warn(
        { err, orderId: ids[0] },
        'the trace of an expired order cannot be read; the order is cancelled without it',
      )
      return []
    }
  }
  return new Map(await read(orderIds))
}

/** True if a row may be damaged. A cancelled statement, and a missing column or grant, say nothing about the rows. */
const isDamage = (error: unknown): boolean => concernsStatement(error) && !isCancellation(error) && !isRefusal(error)

const inHalves = async <Item, Result>(
  items: readonly Item[],
  work: (half: readonly Item[]) => Promise<readonly Result[]>,
): Promise<Result[]> => {
  const half = Math.ceil(items.length / 2)
  return [...(await work(items.slice(0, half))), ...(await work(items.slice(half)))]
}
