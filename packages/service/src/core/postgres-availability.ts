import { backoffMs, pause } from '@quadrille/async'
import { concernsStatement, faultOf, isLockTimeout, isPoolTimeout, isRefusal } from '@quadrille/postgres'

export interface PostgresAvailabilityOptions {
  /** Ends every pause. */
  readonly signal: AbortSignal
  /** Jitter, from 0 to 1. Default Math.random. */
  readonly random?: () => number
}

export interface PostgresAvailability {
  /**
   * One pause for all who wait for Postgres, longer each time until something works again: up to 100 ms at first, 2 s at most, with full jitter.
   * It counts as an outage unless `because` is a wait for a connection of our own pool.
   */
  pause(because: unknown): Promise<void>
  /**
   * Postgres has refused one statement. If the schema lacks something, or a grant is missing, other messages may wait for the same
   * reason without being seen, so that counts as an outage.
   */
  refused(because: unknown): void
  /** Something has worked. */
  works(): void
  /** How long it has been working since the last outage, ms; infinite if there was none. */
  workingForMs(): number
  /**
   * Does it, and again for as long as Postgres is away or another session holds a lock that it needs, and some times after a
   * conflict with another transaction. Null if the signal is aborted meanwhile.
   */
  retryWhileUnavailable<Result>(work: () => Promise<Result>): Promise<Result | null>
}

/** How often what meets conflicts is tried before something may be wrong with it. */
export const conflictTries = 8

const firstMs = 100
const firstAloneMs = 20
const maxMs = 2_000

/** The outages of a service's Postgres. */
export const createPostgresAvailability = ({
  signal,
  random = Math.random,
}: PostgresAvailabilityOptions): PostgresAvailability => {
  let failures = 0
  let lastFailure = Number.NEGATIVE_INFINITY
  let waiting: Promise<void> | null = null
  const wait = async () => {
    failures += 1
    await pause(backoffMs(failures, { firstMs, maxMs, random }), signal)
    waiting = null
  }
  const despiteConflicts = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await work()
      } catch (error) {
        if (hindranceOf(error) !== 'conflict' || tried === conflictTries) throw error
      }
      await pause(random() * 2 ** tried, signal)
    }
  }
  const pauseAfter = (error: unknown, tries: number): Promise<void> => {
    const hindrance = hindranceOf(error)
    if (hindrance === 'outage') return availability.pause(error)
    if (hindrance !== 'alone') throw error
    availability.refused(error)
    return pause(backoffMs(tries, { firstMs: firstAloneMs, maxMs, random }), signal)
  }
  const availability: PostgresAvailability = {
    pause: (because) => {
      if (!isPoolTimeout(because)) lastFailure = performance.now()
      waiting ??= wait()
      return waiting
    },
    refused: (because) => {
      if (isRefusal(because)) lastFailure = performance.now()
    },
    works: () => {
      failures = 0
    },
    workingForMs: () => performance.now() - lastFailure,
    retryWhileUnavailable: async (work) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await despiteConflicts(work)
        } catch (error) {
          await pauseAfter(error, tries)
        }
        if (signal.aborted) return null
      }
    },
  }
  return availability
}

/**
 * Why correct work fails for now. A lock that has outlasted the lock timeout will likely be held for longer, so it is waited for
 * with a growing pause instead of being tried again at once as after a conflict.
 */
export const hindranceOf = (error: unknown): 'outage' | 'alone' | 'conflict' | null => {
  const fault = faultOf(error)
  if (fault === 'unavailable') return concernsStatement(error) ? 'alone' : 'outage'
  if (fault !== 'conflict') return null
  return isLockTimeout(error) ? 'alone' : 'conflict'
}
