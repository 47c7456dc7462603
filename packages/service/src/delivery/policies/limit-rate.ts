/**
 * Limits how many tasks start per second. A task that waits for a permit uses no attempt, and does not count as work of its
 * instance.
 */
import { toError } from '@quadrille/async'
import type { Incoming } from '../incoming.ts'
import { abandoned, type Outcome } from '../outcome.ts'
import type { Permits } from '../permits.ts'
import { type Policy, shortCircuit } from '../policy.ts'
import type { Slots } from '../slots.ts'
import { abandonedIfLost } from './skip-lost.ts'

export interface LimitRateOptions {
  readonly permits: Permits
  readonly slots: Pick<Slots, 'suspend' | 'resume'>
  readonly stopping: AbortSignal
  /**
   * The outcome of a task that may no longer make its call, such as because its circuit has opened. It then leaves the queue of
   * waiting tasks, so that a task that probes the external system gets the next permit.
   */
  readonly obstacleTo: (incoming: Incoming) => Outcome | undefined
}

export interface RateLimiting {
  /** Waits for a permit. Outside of all policies that handle deliveries one by one, so that a wait delays no other delivery. */
  readonly await: Policy
  /** Uses the permit. A further attempt, such as after an outage of Postgres, waits for a permit of its own. */
  readonly use: Policy
}

export const limitRate = ({ permits, slots, stopping, obstacleTo }: LimitRateOptions): RateLimiting => {
  const permitted = new WeakSet<Incoming>()

  const take = async (incoming: Incoming): Promise<Outcome | undefined> => {
    slots.suspend()
    try {
      const granted = await permits.take(() => incoming.delivery.isLost() || obstacleTo(incoming) !== undefined)
      if (granted || incoming.delivery.isLost()) return abandonedIfLost(incoming)
      const obstacle = obstacleTo(incoming)
      if (obstacle) return obstacle
      return stopping.aborted ? abandoned : { status: 'not_now', error: new RateLimited(), maxWaitMs: 0 }
    } catch (error) {
      return { status: 'not_now', error: toError(error) }
    } finally {
      slots.resume()
    }
  }

  // A performed task makes no further call: only its outcome is stored again.
  const before = async (incoming: Incoming): Promise<Outcome | undefined> => {
    if (incoming.isPerformed || permitted.has(incoming)) return undefined
    const outcome = await take(incoming)
    if (outcome === undefined) permitted.add(incoming)
    return outcome
  }

  const awaitPermits: Policy = (next) => async (batch) => {
    const outcomes = await Promise.all(batch.map(before))
    return shortCircuit(batch, (_, index) => outcomes[index], next)
  }
  const usePermits: Policy = (next) =>
    awaitPermits((batch) => {
      for (const incoming of batch) permitted.delete(incoming)
      return next(batch)
    })
  return { await: awaitPermits, use: usePermits }
}

class RateLimited extends Error {
  override readonly name = 'RateLimited'

  constructor() {
    super('No permit of the rate limit was available in time.')
  }
}
