import { backoffMs, pause } from '@quadrille/async'
import { concernsStatement, faultOf, isPoolTimeout, isRefusal, transientFaultOf } from '@quadrille/postgres'
import { retryConflicts } from './retry-conflicts.ts'

export interface PostgresAvailabilityOptions {
  /** Aborts every pause. */
  readonly signal: AbortSignal
  /** Called with an error after which work is repeated, if no statement can succeed for now. */
  readonly onOutage?: (error: unknown) => void
  /** The same if Postgres has refused or cancelled this statement, or it has waited too long for a lock. Others may succeed. */
  readonly onStatementFault?: (error: unknown) => void
  /** Jitter, from 0 to 1. Default Math.random. */
  readonly random?: () => number
}

export interface PostgresAvailability {
  /**
   * A pause that all callers share while they wait for Postgres. It grows until a success: up to 100 ms at first, 2 s at most,
   * with full jitter.
   */
  pause(): Promise<void>
  /** Runs work that calls `pause` and tries again, until Postgres is available. */
  whileWaiting<Result>(work: () => Promise<Result>): Promise<Result>
  /**
   * True while such work waits, and no transaction has succeeded for 5 s. If others succeed, Postgres accepts writes, and the work
   * waits for a reason of its own.
   */
  isAwaited(): boolean
  /**
   * Records an error. It counts as an outage if no statement can succeed, but not if our own connection pool is busy. A missing
   * object or grant counts too, because messages that are not in memory may wait for the same reason. Others are ignored.
   */
  recordError(error: unknown): void
  /** Reports an error after which the work is repeated, and records it. */
  reportFault(fault: 'outage' | 'statement', error: unknown): void
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
const recentSuccessMs = 5_000

/** Tracks the outages of a service's Postgres. */
export const createPostgresAvailability = ({
  signal,
  onOutage,
  onStatementFault,
  random = Math.random,
}: PostgresAvailabilityOptions): PostgresAvailability => {
  const reports = { outage: onOutage, statement: onStatementFault }
  let failures = 0
  let lastFailure = Number.NEGATIVE_INFINITY
  let lastSuccess = Number.NEGATIVE_INFINITY
  let waiting: Promise<void> | null = null
  let waiters = 0
  const wait = async () => {
    failures += 1
    await pause(backoffMs(failures, { firstMs, maxMs, random }), signal)
    waiting = null
  }
  const pauseAfter = async (error: unknown, tries: number): Promise<void> => {
    const fault = transientFaultOf(error)
    if (fault !== 'outage' && fault !== 'statement') throw error
    availability.reportFault(fault, error)
    if (fault === 'outage') return availability.pause()
    return pause(backoffMs(tries, { firstMs: firstStatementMs, maxMs, random }), signal)
  }
  const retry = async <Result>(work: () => Promise<Result>): Promise<Result | null> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await retryConflicts(work, random)
      } catch (error) {
        await pauseAfter(error, tries)
      }
      if (signal.aborted) return null
    }
  }
  const availability: PostgresAvailability = {
    pause: () => {
      waiting ??= wait()
      return waiting
    },
    whileWaiting: async (work) => {
      waiters += 1
      try {
        return await work()
      } finally {
        waiters -= 1
        if (waiters === 0) failures = 0
      }
    },
    isAwaited: () => failures > 0 && performance.now() - lastSuccess > recentSuccessMs,
    recordError: (error) => {
      if (isOutage(error)) lastFailure = performance.now()
    },
    reportFault: (fault, error) => {
      reports[fault]?.(error)
      availability.recordError(error)
    },
    recordSuccess: () => {
      failures = 0
      lastSuccess = performance.now()
    },
    availableForMs: () => performance.now() - lastFailure,
    retryWhileUnavailable: (work) => availability.whileWaiting(() => retry(work)),
  }
  return availability
}

const isOutage = (error: unknown): boolean =>
  faultOf(error) === 'unavailable' && !isPoolTimeout(error) && (!concernsStatement(error) || isRefusal(error))
