import { type Draft, draft } from '@quadrille/events'
import { faultOf, isPoolTimeout } from '@quadrille/postgres'
import type { Context, Job } from '@quadrille/service'
import type { Config } from '../config.ts'
import { findExpired, requireWritable } from '../db/order-table.ts'
import { readTraces } from '../db/read-traces.ts'
import { createGaps } from './gaps.ts'
import { createScanStart } from './scan-start.ts'

const batchSize = 500
/** The most batches of one run. Other instances find the same orders, so a batch may find nothing new to cancel. */
const maxBatches = 20
const everyMs = 1_000
/** After Postgres has not answered for longer, the pause starts again. */
const longOutageMs = 60_000
/** The longest time since Postgres last answered that is counted in full. */
const maxCountedMs = 5_000

export interface Expiry {
  /** Null while orders expire on time. Otherwise the reason why they expire late, by up to EXPIRY_PAUSE_MAX. */
  readonly paused: () => string | null
  readonly job: Job
}

/**
 * Cancels open orders whose time has expired. An order must not expire because events about it are delayed. Expiry is
 * therefore paused while this service is disconnected from the broker, or the broker accepts no messages, and until it has
 * handled the events that arrived in the meantime. It is also paused after this process or its machine was stopped: the end of a
 * connection may not be noticed yet.
 *
 * The pause has a limit, because every order must end: after a pause of EXPIRY_PAUSE_MAX, orders expire that much later
 * than their time. Only time in which Postgres is available counts, even if it is so intermittently: it answers and accepts
 * writes, and received messages do not all wait for it. The limit starts again at each start, and if Postgres has not answered
 * for more than a minute when a run begins, so that waiting events are handled first.
 */
export const createExpiry = (context: Context<Config, Draft<'CancellationRequested'>>): Expiry => {
  const { config, database, clock, catchingUp, waitsForPostgres, dispatch, gauge } = context
  const scanStart = createScanStart(clock.now)
  let pausedMs = 0
  const gaps = createGaps()
  const paused = () => catchingUp() ?? gaps.paused()
  gauge('quadrille_expiry_paused', '1 while expiry is paused; /health/ready shows the reason', () =>
    Number(paused() !== null),
  )

  /** How long an order must be overdue to expire now. Null if no order may expire. */
  const minOverdueMs = (): number | null => {
    if (waitsForPostgres()) return null
    if (paused() === null) return 0
    return pausedMs >= config.EXPIRY_PAUSE_MAX ? config.EXPIRY_PAUSE_MAX : null
  }

  /** Postgres answers: adds the time since it last did to the pause, if there is one and not all messages wait for Postgres. */
  const countPause = () => {
    const gapMs = gaps.answered()
    if (!waitsForPostgres() && paused() !== null) pausedMs += Math.min(gapMs, maxCountedMs)
  }

  /** Checks that Postgres accepts writes. Returns the length of the gap that has ended now, ms. 0 if there was none. */
  const checkGap = async (): Promise<number> => gaps.checked(await requireWritable(database))

  const findOverdue = async (overdueMs: number, limit: number): Promise<string[]> => {
    const overdueSinceMs = clock.now().getTime() - overdueMs
    const from = new Date(scanStart.next())
    const found = await findExpired(database, { overdueMs, limit, from })
    scanStart.nothingBefore(found[0]?.expiresAt.getTime() ?? overdueSinceMs)
    return found.map(({ id }) => id)
  }

  /**
   * Cancels a batch of orders, without those that have failed, and adds those that fail now. Returns true if there may be more
   * that can be cancelled.
   */
  const expire = async (failed: Map<string, unknown>): Promise<boolean> => {
    if ((await checkGap()) > longOutageMs) pausedMs = 0
    const overdueMs = minOverdueMs()
    if (overdueMs === null) return false
    const found = await findOverdue(overdueMs, batchSize + failed.size)
    const orderIds = found.filter((orderId) => !failed.has(orderId)).slice(0, batchSize)
    const traces = await readTraces(context, orderIds)
    // This process may have been stopped while it read, or a connection may have ended. A slow Postgres looks like a stop, so the
    // pause that begins here counts towards the limit, and does not start it again.
    await checkGap()
    if (minOverdueMs() !== overdueMs) return false
    if (overdueMs === 0) pausedMs = 0
    const cancel = (orderId: string) =>
      dispatch(draft('CancellationRequested', { orderId, reason: 'expired' }), traces.get(orderId))
    const errors = await errorsOf(orderIds, cancel)
    for (const [orderId, error] of errors) failed.set(orderId, error)
    return orderIds.length === batchSize && errors.size < batchSize
  }

  /** After an outage, thousands of orders may be overdue. An order that cannot be cancelled does not delay others. */
  const expireAll = async (signal: AbortSignal): Promise<void> => {
    const failed = new Map<string, unknown>()
    for (let batches = 0; batches < maxBatches && !signal.aborted; batches += 1) {
      const more = await expire(failed)
      countPause()
      if (!more) break
    }
    const [first] = failed
    if (first) throw notCancelled(first, failed.size)
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    try {
      await expireAll(signal)
    } catch (error) {
      if (faultOf(error) !== 'unavailable' || isPoolTimeout(error)) countPause()
      throw error
    }
  }

  return { paused, job: { name: 'expire orders', everyMs, run } }
}

/** Names an order, because the log has no other line about it. */
const notCancelled = ([orderId, cause]: readonly [string, unknown], count: number): Error =>
  new Error(`Expired orders could not be cancelled: ${count}. The first is ${orderId}.`, { cause })

/** Does the work for each of the orders. Returns the errors by order. */
const errorsOf = async (
  orderIds: readonly string[],
  work: (orderId: string) => Promise<unknown>,
): Promise<ReadonlyMap<string, unknown>> => {
  const errors = new Map<string, unknown>()
  const attempt = async (orderId: string) => {
    try {
      await work(orderId)
    } catch (error) {
      errors.set(orderId, error)
    }
  }
  await Promise.all(orderIds.map(attempt))
  return errors
}
