/** Counts the open orders, limits their number, and determines the age from which they count as stuck. */
import { type Context, type Job, type Problem, tooManyEvents, unavailable } from '@quadrille/service'
import type { Config } from './config.ts'
import { countOpenOrders, type OpenOrderCounts, settlingTimeP99Ms } from './db/open-orders.ts'

export interface OpenOrders {
  /** The 503 with which orders are rejected at the limit, or while the outbox is full. Otherwise undefined. */
  readonly refusal: () => Problem | undefined
  /**
   * Calls `place` below the limit. A single instance never exceeds it. An order that is placed during a count may be counted
   * twice until the next count. The limit also bounds the messages in queues, outboxes and retry tables: each belongs to an
   * open order, except those about notifications and parcels.
   * @throws {Problem} 503 at the limit.
   */
  readonly admit: <Result>(place: () => Promise<Result>) => Promise<Result>
  /**
   * The age from which an open order counts as stuck, ms: STUCK_AFTER, or ten times the 99th percentile of the time to
   * settle of recent orders that did not expire.
   */
  readonly stuckAfterMs: () => number
  /** True if a count of the last seconds has found no open order, and this instance has placed none since. */
  readonly noneOpen: () => boolean
  readonly count: Job
  /** Estimates how long orders take to settle, for `stuckAfterMs`. */
  readonly estimateSettlingTime: Job
}

/** The minimum age of a stuck order. If most orders settle within milliseconds, ten times that is too short. */
const minStuckMs = 30_000
/** How long a count tells that no order is open, ms. Meanwhile another instance may have placed one. */
const validForMs = 3_000
/** The value of Retry-After, s. Within this time many open orders are settled. */
const retryAfter = 5

export const watchOpenOrders = ({ config, database, gauge, outboxFull }: Context<Config>): OpenOrders => {
  const { ORDERS_OPEN_MAX: max, STUCK_AFTER } = config
  let stuckAfterMs = STUCK_AFTER ?? minStuckMs
  let counts: OpenOrderCounts = { open: 0, stuck: 0, refundFailed: 0, oldestAgeMs: 0 }
  // Created once, because at the limit thousands of requests per second get it, and its stack is not needed.
  const tooManyOrders = unavailable(`${max} orders are open; try again after some are settled.`, retryAfter)
  let countedAtMs = Number.NEGATIVE_INFINITY
  let beingPlaced = 0
  /** The number of orders that the last count may have missed. */
  let placedSince = 0
  const count = async () => {
    const placedBefore = placedSince
    const askedAtMs = performance.now()
    counts = await countOpenOrders(database, stuckAfterMs, max)
    placedSince -= placedBefore
    countedAtMs = askedAtMs
  }
  const refusal = () => {
    if (outboxFull()) return tooManyEvents
    return counts.open + placedSince + beingPlaced >= max ? tooManyOrders : undefined
  }
  const estimate = async () => {
    if (STUCK_AFTER === undefined) stuckAfterMs = Math.max(minStuckMs, 10 * ((await settlingTimeP99Ms(database)) ?? 0))
  }
  gauge('quadrille_orders_open', 'Orders that are not settled yet', () => counts.open)
  gauge('quadrille_orders_open_max', 'Maximum number of open orders', () => max)
  gauge('quadrille_orders_stuck', 'Orders that are open for longer than expected', () => counts.stuck)
  gauge('quadrille_orders_refund_failed', 'Open orders whose refund was refused', () => counts.refundFailed)
  gauge('quadrille_orders_oldest_age_seconds', 'Age of the oldest open order', () => counts.oldestAgeMs / 1_000)
  gauge('quadrille_orders_stuck_after_seconds', 'Age from which an order counts as stuck', () => stuckAfterMs / 1_000)
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
    noneOpen: () => performance.now() - countedAtMs < validForMs && counts.open + placedSince + beingPlaced === 0,
    count: { name: 'count open orders', everyMs: 1_000, run: count },
    estimateSettlingTime: { name: 'estimate the time to settle', everyMs: 10_000, run: estimate },
  }
}
