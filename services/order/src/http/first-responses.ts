/** The first responses to idempotency keys, which repeated requests get. */
import { batching } from '@quadrille/async'
import type { Sql } from '@quadrille/postgres'
import { isKeyClaimed, keyReused, unavailable } from '@quadrille/service'
import { type FirstResponse, findFirstResponses } from '../db/idempotency-table.ts'

/** The key of a request, and the hash of its content. */
export interface Idempotency {
  readonly key: string
  readonly requestHash: string
}

export interface FirstResponses {
  /**
   * The stored first response, if the request has a key and there is one. Reads that arrive while a statement runs are batched into
   * the next one.
   * @throws {Problem} 422 if the key was used for another order.
   */
  readonly find: (used: Idempotency | undefined) => Promise<FirstResponse | undefined>
  /**
   * The same, after each order that this instance is placing under the key has been stored, or has failed.
   * @throws {Problem} 503 if another instance is storing one.
   */
  readonly findPlaced: (used: Idempotency | undefined) => Promise<FirstResponse | undefined>
  /** Calls `place`, for which `findPlaced` waits. */
  readonly placing: <Result>(used: Idempotency | undefined, place: () => Promise<Result>) => Promise<Result>
}

export const createFirstResponses = (database: Sql): FirstResponses => {
  const read = batching(async (keys: readonly string[]) => {
    const found = new Map((await findFirstResponses(database, keys)).map((stored) => [stored.key, stored]))
    return keys.map((key) => found.get(key))
  })
  /** By their keys, the orders that this instance is placing. Each resolves when all those under its key have ended. */
  const beingPlaced = new Map<string, Promise<void>>()
  const addPlacing = (key: string, placed: Promise<unknown>): void => {
    const ended = Promise.allSettled([beingPlaced.get(key), placed]).then(() => {
      if (beingPlaced.get(key) === ended) beingPlaced.delete(key)
    })
    beingPlaced.set(key, ended)
  }
  const find: FirstResponses['find'] = async (used) => {
    const stored = used && (await read(used.key))
    if (!stored || stored.requestHash === used.requestHash) return stored
    throw keyReused('an order with different content')
  }
  return {
    find,
    findPlaced: async (used) => {
      if (!used) return undefined
      await beingPlaced.get(used.key)
      if (await isKeyClaimed(database, used.key))
        throw unavailable('An order with this idempotency key is being stored.', 1)
      return find(used)
    },
    placing: (used, place) => {
      const placed = place()
      if (used) addPlacing(used.key, placed)
      return placed
    },
  }
}
