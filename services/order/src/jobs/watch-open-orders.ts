/** Counts the open orders, for the limit and the metrics, and determines the age from which they count as stuck. */
import { once } from 'node:events'
import { Measurement } from '@quadrille/async'
import type { Context, Job } from '@quadrille/service'
import type { Config } from '../config.ts'
import { countOpenOrders, type OpenOrderCounts, settlingTimeP99Ms } from '../db/open-orders.ts'
import type { OrderLimit } from '../order-limit.ts'
import { createScanStart } from './scan-start.ts'

export interface OpenOrders {
  /**
   * The age from which an open order counts as stuck, ms: STUCK_AFTER, or ten times the 99th percentile of the time to
   * settle of recent orders that did not expire. Late notifications make that time too long, so the age is at most
   * ORDER_TTL + EXPIRY_PAUSE_MAX, because open orders expire by then.
   */
  readonly stuckAfterMs: () => number
  /**
   * Counts before the first request, because an earlier process may have reached the limit. It never fails: if the count does, or
   * the start is stopped, the job goes on.
   */
  readonly countFirst: (signal: AbortSignal) => Promise<void>
  readonly jobs: readonly Job[]
}

/** The minimum age of a stuck order. If most orders settle within milliseconds, ten times that is too short. */
const minStuckMs = 30_000

export const watchOpenOrders = (
  { config, database, clock, gauge }: Context<Config>,
  { recount }: Pick<OrderLimit, 'recount'>,
): OpenOrders => {
  const { ORDERS_OPEN_MAX: max, STUCK_AFTER, ORDER_TTL, EXPIRY_PAUSE_MAX } = config
  let stuckAfterMs = STUCK_AFTER ?? minStuckMs
  const scanStart = createScanStart(clock.now)
  const counts = new Measurement<OpenOrderCounts>({ open: 0, stuck: 0, refundFailed: 0, oldestAgeMs: 0 }, async () => {
    const { oldestMs, ...found } = await countOpenOrders(database, {
      stuckAfterMs,
      limit: max,
      fromMs: scanStart.next(),
    })
    scanStart.nothingBefore(oldestMs ?? clock.now().getTime())
    return found
  })
  const countOpen = () =>
    recount(async () => {
      await counts.run()
      return counts.last.open
    })
  const estimate = async () => {
    if (STUCK_AFTER !== undefined) return
    const p99Ms = (await settlingTimeP99Ms(database)) ?? 0
    stuckAfterMs = Math.max(minStuckMs, Math.min(10 * p99Ms, ORDER_TTL + EXPIRY_PAUSE_MAX))
  }
  gauge('quadrille_orders_open', 'Orders that are not settled yet', () => counts.recent?.open)
  gauge('quadrille_orders_open_max', 'Number of open orders at which further orders get 503', () => max)
  gauge(
    'quadrille_orders_stuck',
    'Orders that are open for longer than expected, without those whose refund was refused',
    () => counts.recent?.stuck,
  )
  gauge('quadrille_orders_refund_failed', 'Open orders whose refund was refused', () => counts.recent?.refundFailed)
  gauge(
    'quadrille_orders_oldest_age_seconds',
    'Age of the oldest open order',
    () => (counts.recent?.oldestAgeMs ?? Number.NaN) / 1_000,
  )
  gauge('quadrille_orders_stuck_after_seconds', 'Age from which an order counts as stuck', () => stuckAfterMs / 1_000)
  return {
    stuckAfterMs: () => stuckAfterMs,
    countFirst: (signal) => Promise.race([once(signal, 'abort'), countOpen()]).then(ignore, ignore),
    jobs: [
      { name: 'count open orders', everyMs: 1_000, run: countOpen },
      { name: 'estimate the time to settle', everyMs: 10_000, run: estimate },
    ],
  }
}

const ignore = () => undefined
