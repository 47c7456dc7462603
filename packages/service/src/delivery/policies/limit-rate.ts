/** Limits how many tasks start per second. A task that waits for a permit occupies no slot, and uses no attempt. */
import { toError } from '@quadrille/async'
import type { Incoming } from '../incoming.ts'
import { abandoned, type Outcome } from '../outcome.ts'
import type { Permits } from '../permits.ts'
import { type Policy, shortCircuit } from '../policy.ts'
import type { Slots } from '../slots.ts'

export interface LimitRateOptions {
  readonly permits: Permits
  readonly slots: Pick<Slots, 'occupy' | 'release'>
  /** Called with 1 when a task begins to wait, and with -1 when it has ended. */
  readonly onWaiting: (change: 1 | -1) => void
  readonly stopping: AbortSignal
}

export const limitRate = ({ permits, slots, onWaiting, stopping }: LimitRateOptions): Policy => {
  const wait = async (): Promise<Outcome | undefined> => {
    slots.release(1)
    onWaiting(1)
    try {
      if (await permits.take()) return undefined
      return stopping.aborted ? abandoned : notNow(new RateLimited())
    } catch (error) {
      return notNow(toError(error))
    } finally {
      slots.occupy()
      onWaiting(-1)
    }
  }
  // A performed task makes no further call: only its outcome is stored again.
  const before = async (incoming: Incoming) => (incoming.isPerformed ? undefined : await wait())
  return (next) => async (batch) => {
    const outcomes = await Promise.all(batch.map(before))
    return shortCircuit(batch, (_, index) => outcomes[index], next)
  }
}

const notNow = (error: Error): Outcome => ({ status: 'not_now', error })

class RateLimited extends Error {
  override readonly name = 'RateLimited'

  constructor() {
    super('No permit of the rate limit was available within ten minutes.')
  }
}
