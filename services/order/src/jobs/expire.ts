import { type Draft, draft } from '@quadrille/events'
import type { TraceContext } from '@quadrille/messages'
import { faultOf, isPoolTimeout } from '@quadrille/postgres'
import type { Context, Job } from '@quadrille/service'
import type { Config } from '../config.ts'
import { findTraces } from '../db/history-table.ts'
import { findExpired } from '../db/order-table.ts'

const atOnce = 500
const everyMs = 1_000
/** Past so long without an answer of Postgres the pause begins again, ms. */
const awayMs = 60_000
/** Of the time between two answers of Postgres so much counts at most, ms. */
const countedMs = 5_000

export interface Expiry {
  /** Null while orders expire in time; otherwise why they expire up to EXPIRY_PAUSE_MAX later. */
  readonly paused: () => string | null
  readonly job: Job
}

/**
 * Cancels open orders whose time is over. An order that was served in time must not expire because its news is late: so while
 * this service doesn't hear what the others say, or has not yet handled what they said while it was away, expiry is paused.
 *
 * The pause is bounded, as an order must end: when it has lasted for EXPIRY_PAUSE_MAX, an order expires that much later than
 * its time. Only time in which Postgres answers counts, also where it does so only now and then. After an outage of more than a
 * minute, and after a start, the pause begins again: after a night without power the news comes first.
 */
export const expiry = ({
  config,
  database,
  catchingUp,
  tell,
  gauge,
}: Context<Config, Draft<'CancellationRequested'>>): Expiry => {
  let pausedMs = 0
  let answeredAtMs = performance.now()
  gauge('quadrille_expiry_paused', '1 while orders do not expire in time, as /health/ready says why', () =>
    Number(catchingUp() !== null),
  )

  /** How long orders must be overdue to expire now; null where none may. */
  const overdueMs = (): number | null => {
    if (catchingUp() === null) {
      pausedMs = 0
      return 0
    }
    return pausedMs >= config.EXPIRY_PAUSE_MAX ? config.EXPIRY_PAUSE_MAX : null
  }

  const answered = () => {
    const nowMs = performance.now()
    const gapMs = nowMs - answeredAtMs
    pausedMs = gapMs > awayMs ? 0 : pausedMs + Math.min(gapMs, countedMs)
    answeredAtMs = nowMs
  }

  const expire = async (): Promise<void> => {
    const overdue = overdueMs()
    if (overdue === null) return void (await database.query('select 1')) // throws where Postgres doesn't answer
    const orderIds = await findExpired(database, overdue, atOnce)
    const traces = orderIds.length > 0 ? await findTraces(database, orderIds) : new Map<string, TraceContext>()
    const cancel = (orderId: string) =>
      tell(draft('CancellationRequested', { orderId, reason: 'expired' }), traces.get(orderId))
    await Promise.all(orderIds.map(cancel))
  }

  const run = async (): Promise<void> => {
    try {
      await expire()
      answered()
    } catch (error) {
      if (faultOf(error) !== 'unavailable' || isPoolTimeout(error)) answered()
      throw error
    }
  }

  return { paused: catchingUp, job: { name: 'expire orders', everyMs, run } }
}
