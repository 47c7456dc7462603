import { concernsStatement, faultOf, isCancellation, isRefusal } from '@quadrille/postgres'
import type { Context } from '@quadrille/service'

/** After this many unreadable orders in a row, the rest is not tried. One damaged page usually holds parts of fewer. */
const unreadableInARow = 16

export interface OrderQuery<Found> {
  readonly find: (orderIds: readonly string[]) => Promise<ReadonlyMap<string, Found>>
  /** The log line about orders that cannot be read. */
  readonly warning: string
}

/**
 * Reads what an operation can do without. An order is left out if one of its own rows is damaged, or most likely the whole table. The
 * values in the query must be valid, so that only a row can be the cause of an error about a value. It halves the batch after an error,
 * because one statement for each of 500 orders may take more than 5 s, after which expiry is paused.
 *
 * @throws any other error, because a repetition may then succeed.
 */
export const readUndamaged = async <Found>(
  { log }: Pick<Context<unknown>, 'log'>,
  orderIds: readonly string[],
  { find, warning }: OrderQuery<Found>,
): Promise<ReadonlyMap<string, Found>> => {
  const found = new Map<string, Found>()
  let err: unknown

  /** Returns the orders that were not read. */
  const read = async (ids: readonly string[]): Promise<readonly string[]> => {
    if (ids.length === 0) return []
    try {
      for (const [orderId, each] of await find(ids)) found.set(orderId, each)
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
  if (unread.length > 0) log.warn({ err, orders: unread.length, orderId: unread[0] }, warning)
  return found
}

/**
 * True if a row may be damaged: its page, or a text that is no longer JSON. A cancelled statement, and a missing column or grant,
 * say nothing about the rows.
 */
const isDamage = (error: unknown): boolean =>
  faultOf(error) === 'rejected' || (concernsStatement(error) && !isCancellation(error) && !isRefusal(error))
