import { draft, type TraceContext } from '@quadrille/events'
import { faultOf, isPoolTimeout } from '@quadrille/postgres'
import type { Context, Job } from '@quadrille/service'
import type { Config } from '../config.ts'
import { findTraces } from '../db/history-table.ts'
import { findExpired } from '../db/order-table.ts'

const atOnce = 500
const everyMs = 1_000

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
 * its time. Only time in which Postgres answers counts, and a start begins anew: after a night without power the news comes first.
 */
export const expiry = ({ config, database, catchingUp, tell, gauge }: Context<Config>): Expiry => {
  let pausedSinceMs: number | null = null
  gauge('quadrille_expiry_paused', '1 while orders do not expire in time, as /health/ready says why', () =>
    Number(catchingUp() !== null),
  )

  /** How long orders must be overdue to expire now; null where none may. */
  const overdueMs = (): number | null => {
    if (catchingUp() === null) {
      pausedSinceMs = null
      return 0
    }
    pausedSinceMs ??= performance.now()
    return performance.now() - pausedSinceMs >= config.EXPIRY_PAUSE_MAX ? config.EXPIRY_PAUSE_MAX : null
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
    } catch (error) {
      if (faultOf(error) === 'unavailable' && !isPoolTimeout(error)) pausedSinceMs = null
      throw error
    }
  }

  return { paused: catchingUp, job: { name: 'expire orders', everyMs, run } }
}
