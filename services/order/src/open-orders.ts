/** Keeps an eye on the orders that are open: whether there is room for one more, and which have been open for too long. */
import { type Context, type Job, type Problem, unavailable } from '@quadrille/service'
import type { Config } from './config.ts'
import { type OpenOrders as Counted, countOpenOrders, settledWithinMs } from './db/open-orders.ts'

export interface OpenOrders {
  /** At the bound, a 503. */
  readonly refusal: () => Problem | undefined
  /**
   * Places one more order. What is in a queue, an outbox, a retry or a task belongs to an open order, so this bounds them all,
   * wherever the work piles up. One instance never exceeds the bound; an order that is placed while they are counted may count
   * twice until the next count.
   * @throws {Problem} 503 at the bound.
   */
  readonly admit: <Result>(place: () => Promise<Result>) => Promise<Result>
  /** After how long an open order counts as stuck, ms: STUCK_AFTER, else ten times what 99 of 100 orders take. */
  readonly stuckAfterMs: () => number
  readonly jobs: readonly Job[]
}

/** Where most orders take a blink, ten times that is still no reason to worry, ms. */
const leastStuckMs = 30_000
/** When to come back, s: in that time a good part of what is open is settled. */
const retryAfter = 5

export const watchOpenOrders = ({ config, database, gauge, outboxFull }: Context<Config>): OpenOrders => {
  const { ORDERS_OPEN_MAX: most, STUCK_AFTER } = config
  let stuckAfterMs = STUCK_AFTER ?? leastStuckMs
  let counted: Counted = { open: 0, stuck: 0, refundFailed: 0, oldestAgeMs: 0 }
  // Made once: at the bound each answers some thousand requests a second, and nobody reads its stack.
  const tooManyEvents = unavailable('Too many events wait for the broker; try again soon.', retryAfter)
  const tooManyOrders = unavailable(`${most} orders are open; try again when some are settled.`, retryAfter)
  let beingPlaced = 0
  /** Those that the last count may have missed. */
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
  gauge('quadrille_orders_open_max', 'Open orders at which no more are accepted', () => most)
  gauge('quadrille_orders_stuck', 'Orders that are open for longer than they should', () => counted.stuck)
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
      { name: 'learn how long orders take', everyMs: 10_000, run: learn },
    ],
  }
}
