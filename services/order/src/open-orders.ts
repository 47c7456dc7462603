/** Watches the open orders: whether another one is accepted, and which ones are stuck. */
import { type Context, type Job, type Problem, unavailable } from '@quadrille/service'
import type { Config } from './config.ts'
import { type OpenOrders as Counted, countOpenOrders, settledWithinMs } from './db/open-orders.ts'

export interface OpenOrders {
  /** A 503 at the limit. */
  readonly refusal: () => Problem | undefined
  /**
   * Places an order. Every message in a queue, an outbox or a retry belongs to an open order, so this limit bounds them
   * all, wherever they wait. One instance never exceeds the limit. An order that is placed during a count may be
   * counted twice until the next count.
   * @throws {Problem} 503 at the limit.
   */
  readonly admit: <Result>(place: () => Promise<Result>) => Promise<Result>
  /**
   * The age from which an open order counts as stuck, ms: STUCK_AFTER, or ten times the 99th percentile of the time to
   * settle.
   */
  readonly stuckAfterMs: () => number
  readonly jobs: readonly Job[]
}

/** The least age of a stuck order, ms. If most orders settle in milliseconds, ten times that is too short. */
const leastStuckMs = 30_000
/** The value of Retry-After, s. Within this time many open orders are settled. */
const retryAfter = 5

export const watchOpenOrders = ({ config, database, gauge, outboxFull }: Context<Config>): OpenOrders => {
  const { ORDERS_OPEN_MAX: most, STUCK_AFTER } = config
  let stuckAfterMs = STUCK_AFTER ?? leastStuckMs
  let counted: Counted = { open: 0, stuck: 0, refundFailed: 0, oldestAgeMs: 0 }
  // Created once: at the limit thousands of requests a second get this answer, and its stack is not needed.
  const tooManyEvents = unavailable('Too many events wait for the broker; try again soon.', retryAfter)
  const tooManyOrders = unavailable(`${most} orders are open; try again after some are settled.`, retryAfter)
  let beingPlaced = 0
  /** Orders that the last count may not include. */
  let placedSince = 0
  const count = async () => {
    const placedBefore = placedSince
    counted = await countOpenOrders(database, stuckAfterMs, most)
    placedSince -= placedBefore
  }
  const refusal = () => {
    if (outboxFull()) return tooManyEvents
    return counted.open + placedSince + beingPlaced >= most ? tooManyOrders : undefined
  }
  const learn = async () => {
    if (STUCK_AFTER === undefined) stuckAfterMs = Math.max(leastStuckMs, 10 * ((await settledWithinMs(database)) ?? 0))
  }
  gauge('quadrille_orders_open', 'Orders that are not settled yet', () => counted.open)
  gauge('quadrille_orders_open_max', 'Number of open orders from which no more are accepted', () => most)
  gauge('quadrille_orders_stuck', 'Orders that are open for longer than expected', () => counted.stuck)
  gauge('quadrille_orders_refund_failed', 'Orders whose refund was refused', () => counted.refundFailed)
  gauge('quadrille_orders_oldest_age_seconds', 'Age of the oldest open order', () => counted.oldestAgeMs / 1_000)
  gauge('quadrille_orders_stuck_after_seconds', 'Age at which an order counts as stuck', () => stuckAfterMs / 1_000)
  return {
    refusal,
    admit: async (place) => {
      const refused = refusal()
      if (refused) throw refused
      beingPlaced += 1
      try {
        return await place()
      } finally {
        beingPlaced -= 1
        placedSince += 1
      }
    },
    stuckAfterMs: () => stuckAfterMs,
    jobs: [
      { name: 'count open orders', everyMs: 1_000, run: count },
      { name: 'estimate the time to settle', everyMs: 10_000, run: learn },
    ],
  }
}
