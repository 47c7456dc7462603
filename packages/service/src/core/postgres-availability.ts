import { backoffMs, pause } from '@quadrille/async'
import { concernsStatement, faultOf, isLockTimeout, isPoolTimeout, isRefusal } from '@quadrille/postgres'

export interface PostgresAvailabilityOptions {
  /** Aborts every pause. */
  readonly signal: AbortSignal
  /** Jitter, from 0 to 1. Default Math.random. */
  readonly random?: () => number
}

export interface PostgresAvailability {
  /**
   * A pause that all callers share while they wait for Postgres. It grows until a success: up to 100 ms at first, 2 s at most,
   * with full jitter. It counts as an outage, unless `cause` is a timeout of our own connection pool.
   */
  pause(cause: unknown): Promise<void>
  /**
   * Records that Postgres refused one statement. A missing object or grant counts as an outage, because messages that are not
   * in memory may wait for the same reason.
   */
  recordRefusal(cause: unknown): void
  /** Records that a transaction succeeded. */
  recordSuccess(): void
  /** The time since the last outage, ms. Infinity if there was none. */
  availableForMs(): number
  /**
   * Runs the work, and repeats it while Postgres is unavailable or another session holds a lock that it needs. After a conflict
   * with another transaction, it is repeated a few times. Null if the signal is aborted meanwhile.
   */
  retryWhileUnavailable<Result>(work: () => Promise<Result>): Promise<Result | null>
}

/** The number of tries after which a repeated conflict counts as a failure. */
export const conflictTries = 8

const firstMs = 100
const firstStatementMs = 20
const maxMs = 2_000

/** Tracks the outages of a service's Postgres. */
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
        if (transientFaultOf(error) !== 'conflict' || tried === conflictTries) throw error
      }
      await pause(random() * 2 ** tried, signal)
    }
  }
  const pauseAfter = (error: unknown, tries: number): Promise<void> => {
    const fault = transientFaultOf(error)
    if (fault === 'outage') return availability.pause(error)
    if (fault !== 'statement') throw error
    availability.recordRefusal(error)
    return pause(backoffMs(tries, { firstMs: firstStatementMs, maxMs, random }), signal)
  }
  const availability: PostgresAvailability = {
    pause: (cause) => {
      if (!isPoolTimeout(cause)) lastFailure = performance.now()
      waiting ??= wait()
      return waiting
    },
    recordRefusal: (cause) => {
      if (isRefusal(cause)) lastFailure = performance.now()
    },
    recordSuccess: () => {
      failures = 0
    },
    availableForMs: () => performance.now() - lastFailure,
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
 * The kind of a transient fault; null for any other error. `outage`: Postgres is unavailable. `statement`: only this statement
 * is affected, or it waited too long for a lock. `conflict`: another transaction interfered. A lock that has outlasted the lock
 * timeout is probably held for longer, so the next try follows after a growing pause, not at once as after a conflict.
 */
export const transientFaultOf = (error: unknown): 'outage' | 'statement' | 'conflict' | null => {
  const fault = faultOf(error)
  if (fault === 'unavailable') return concernsStatement(error) ? 'statement' : 'outage'
  if (fault !== 'conflict') return null
  return isLockTimeout(error) ? 'statement' : 'conflict'
}
