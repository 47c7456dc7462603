/**
 * Limits how many tasks start per second. A task that waits for a permit uses no attempt, and does not count as work of its
 * instance.
 */
import { toError } from '@quadrille/async'
import type { Incoming } from './incoming.ts'
import { abandoned, longestWaitsMs, type Outcome } from './outcome.ts'
import type { Permits } from './permits.ts'
import type { SlotMeter } from './slot-meter.ts'

export interface AwaitPermitOptions {
  readonly queue: string
  readonly permits: Permits
  readonly slots: Pick<SlotMeter, 'suspend' | 'resume'>
  readonly stopping: AbortSignal
}

/**
 * Waits until the task may start. Undefined with a permit; otherwise the outcome of the delivery. A task that must no longer make
 * its call leaves the queue of the waiting tasks without a permit.
 */
export type AwaitPermit = (incoming: Incoming, mayCall: () => boolean) => Promise<Outcome | undefined>

export const awaitPermitOf =
  ({ queue, permits, slots, stopping }: AwaitPermitOptions): AwaitPermit =>
  async (incoming, mayCall) => {
    const { delivery } = incoming
    const endsAtMs = incoming.beginWait('long')
    const isExpired = () => performance.now() >= endsAtMs
    if (isExpired()) return rateLimited(queue)
    slots.suspend()
    try {
      const granted = await permits.take(() => delivery.isLost() || !mayCall() || isExpired())
      if (delivery.isLost()) return abandoned
      if (granted) return undefined
      return stopping.aborted ? abandoned : rateLimited(queue)
    } catch (error) {
      return { status: 'not_now', error: toError(error) }
    } finally {
      slots.resume()
    }
  }

const rateLimited = (queue: string): Outcome => ({ status: 'not_now', error: new RateLimited(queue), wait: 'none' })

class RateLimited extends Error {
  override readonly name = 'RateLimited'

  constructor(queue: string) {
    super(
      `No permit within ${longestWaitsMs.long / 60_000} min. If the external system and Postgres were available, the limit of ${queue}, or TASK_RATE, allows fewer tasks than arrive: raise it, or wait.`,
    )
  }
}
