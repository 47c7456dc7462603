import { type Draft, draft } from '@quadrille/events'
import type { TraceContext } from '@quadrille/messages'
import { faultOf, isPoolTimeout } from '@quadrille/postgres'
import type { Context, Job } from '@quadrille/service'
import type { Config } from '../config.ts'
import { findTraces } from '../db/history-table.ts'
import { findExpired } from '../db/order-table.ts'

const atOnce = 500
const everyMs = 1_000
/** If Postgres does not answer for longer than this, the pause begins again, ms. */
const awayMs = 60_000
/** Of the time between two answers of Postgres at most this much counts, ms. */
const countedMs = 5_000

export interface Expiry {
  /** Null while orders expire in time. Otherwise the reason why they expire up to EXPIRY_PAUSE_MAX later. */
  readonly paused: () => string | null
  readonly job: Job
}

/**
 * Cancels open orders whose time is over. An order that was handled in time must not expire because its events are
 * late. Expiry is therefore paused while this service is disconnected from the broker, and until it has handled the
 * events that arrived meanwhile.
 *
 * The pause is bounded, because every order must end: after EXPIRY_PAUSE_MAX an order expires that much later than its
 * time. Only time in which Postgres answers counts, even if it answers only now and then. The pause begins again at
 * each start and after an outage of more than a minute, so that waiting events are handled first.
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
  gauge('quadrille_expiry_paused', '1 while orders do not expire in time; /health/ready has the reason', () =>
    Number(catchingUp() !== null),
  )

  /** How long an order must be overdue to expire now, ms. Null if no order may expire. */
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
    if (overdue === null) return void (await database.query('select 1')) // throws if Postgres does not answer
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
