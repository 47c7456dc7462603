import { backoffMs, pause } from '@quadrille/async'
import { isPoolTimeout, isRefusal } from '@quadrille/postgres'
import { despiteConflicts, transientFaultOf } from './despite-conflicts.ts'

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
          return await despiteConflicts(work, random)
        } catch (error) {
          await pauseAfter(error, tries)
        }
        if (signal.aborted) return null
      }
    },
  }
  return availability
}
