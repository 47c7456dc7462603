import type { PostgresAvailability } from '../../core/postgres-availability.ts'
import type { Outcome } from '../outcome.ts'
import { answerEarly, type Policy } from '../policy.ts'
import { abandonedIfLost } from './skip-lost.ts'

/**
 * While Postgres can't be used, deliveries wait in memory and are handled again after each pause. No other message could be
 * handled either, and a copy in a retry queue would return during the same outage. They stay unsettled if the service stops.
 * Lost ones leave the memory.
 */
export const waitForPostgres =
  (availability: Pick<PostgresAvailability, 'pause' | 'whileWaiting'>, aborting: AbortSignal): Policy =>
  (next) =>
  async (batch) => {
    let outcomes = await next(batch)
    if (!includesOutage(outcomes)) return outcomes
    return availability.whileWaiting(async () => {
      while (includesOutage(outcomes)) {
        await availability.pause()
        if (aborting.aborted) break
        const before = outcomes
        outcomes = await answerEarly(
          batch,
          (incoming, index) => unlessUnavailable(before[index]) ?? abandonedIfLost(incoming),
          next,
        )
      }
      return outcomes
    })
  }

const includesOutage = (outcomes: readonly Outcome[]): boolean =>
  outcomes.some(({ status }) => status === 'unavailable')

const unlessUnavailable = (outcome: Outcome | undefined): Outcome | undefined =>
  outcome?.status === 'unavailable' ? undefined : outcome
