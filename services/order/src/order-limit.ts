/** Limits the number of open orders, so that messages and tables do not grow without bound. */
import { type Context, type Problem, tooManyEvents, unavailable } from '@quadrille/service'
import type { Config } from './config.ts'

export interface OrderLimit {
  /**
   * The 503 with which orders are rejected at the limit, or while the outbox is full. Otherwise undefined. Orders that could not be
   * placed count until the next count, because they may be stored.
   */
  readonly refusal: () => Problem | undefined
  /**
   * Calls `place` below the limit. After its first count a single instance never exceeds it. Several exceed it by the orders that
   * the others have placed since the last count. The limit also bounds the messages in queues, outboxes and retry tables: each
   * belongs to an open order, except those about notifications and parcels.
   * @throws {Problem} 503 at the limit.
   */
  readonly admit: <Result>(place: () => Promise<Result>) => Promise<Result>
  /** Sets the number of open orders. An order that is placed during the count may be counted twice until the next one. */
  readonly recount: (count: () => Promise<number>) => Promise<void>
}

/** The value of Retry-After, s. Within this time many open orders are settled. */
const retryAfter = 5

export const createOrderLimit = ({
  config: { ORDERS_OPEN_MAX: max },
  outboxFull,
}: Pick<Context<Pick<Config, 'ORDERS_OPEN_MAX'>>, 'config' | 'outboxFull'>): OrderLimit => {
  // Created once, because at the limit thousands of requests per second get it, and its stack is not needed.
  const tooManyOrders = unavailable(`${max} orders are open; try again after some are settled.`, retryAfter)
  // An outage of Postgres also prevents the next count. While no count succeeds, the orders that were placed since the last one add up.
  const tooManyFailures = unavailable('The database is temporarily unavailable.')
  let counted = 0
  let beingPlaced = 0
  /** The number of orders that the last count may have missed. */
  let placedSince = 0
  /** How many of them have failed, so that they are open only if Postgres has stored them nevertheless. */
  let failedSince = 0
  let countFails = false
  const open = () => counted + placedSince + beingPlaced
  const refusal = () => {
    if (outboxFull()) return tooManyEvents
    if (open() < max) return undefined
    return countFails || open() - failedSince < max ? tooManyFailures : tooManyOrders
  }
  return {
    refusal,
    admit: async (place) => {
      const refused = refusal()
      if (refused) throw refused
      beingPlaced += 1
      try {
        return await place()
      } catch (error) {
        failedSince += 1
        throw error
      } finally {
        beingPlaced -= 1
        placedSince += 1
      }
    },
    recount: async (count) => {
      const [placedBefore, failedBefore] = [placedSince, failedSince]
      try {
        counted = await count()
        countFails = false
      } catch (error) {
        countFails = true
        throw error
      }
      placedSince -= placedBefore
      failedSince -= failedBefore
    },
  }
}
