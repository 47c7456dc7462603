/** Keeps an eye on the orders that are open: how long is too long, and how many have been open for that long. */
import type { Context, Job } from '@quadrille/service'
import type { Config } from '../config.ts'
import { countOpenOrders, type OpenOrders, settledWithinMs } from '../db/open-orders.ts'

export interface Watch {
  /** After how long an open order counts as stuck, ms: STUCK_AFTER, else ten times what 99 of 100 orders take. */
  readonly stuckAfterMs: () => number
  readonly job: Job
}

/** Where most orders take a blink, ten times that is still no reason to worry, ms. */
const leastMs = 30_000
const countAtMost = 100_000

export const watchOpenOrders = ({ config, database, gauge }: Context<Config>): Watch => {
  let stuckAfterMs = config.STUCK_AFTER ?? leastMs
  let orders: OpenOrders = { open: 0, stuck: 0, oldestAgeMs: 0 }
  const measure = async () => {
    if (config.STUCK_AFTER === undefined) {
      stuckAfterMs = Math.max(leastMs, 10 * ((await settledWithinMs(database)) ?? 0))
    }
    orders = await countOpenOrders(database, stuckAfterMs, countAtMost)
  }
  gauge('quadrille_orders_open', 'Orders that are not settled yet', () => orders.open)
  gauge('quadrille_orders_stuck', 'Orders that are open for longer than they should', () => orders.stuck)
  gauge('quadrille_orders_oldest_age_seconds', 'Age of the oldest open order', () => orders.oldestAgeMs / 1_000)
  gauge('quadrille_orders_stuck_after_seconds', 'Age at which an order counts as stuck', () => stuckAfterMs / 1_000)
  return { stuckAfterMs: () => stuckAfterMs, job: { name: 'watch open orders', everyMs: 5_000, run: measure } }
}
