/** Coordinates the attempts of all connections of this process to connect to one broker. */
import { type Backoff, backoffMs, pause } from '@quadrille/async'

/**
 * Runs an attempt to connect when it is its turn, with the number of attempts that have failed so far. Rejects with its error, or
 * with the signal's reason if the signal aborts first.
 */
export type ConnectAttempts = <Result>(
  attempt: (failed: number) => Promise<Result>,
  signal: AbortSignal,
) => Promise<Result>

/**
 * While the broker can't be reached, one connection at a time tries, after a common backoff with full jitter, and the
 * others wait for the outcome. So a broker that is down gets one attempt per pause, however many connections this
 * process needs.
 */
export const createConnectAttempts = (backoff: Backoff): ConnectAttempts => {
  /** Since the last success. */
  let failures = 0
  let allFailures = 0
  let trial: Promise<void> | null = null
  /** Attempts that run at the same time fail for the same reason, and count as one. */
  const count = async <Result>(attempt: (failed: number) => Promise<Result>): Promise<Result> => {
    const [before, allBefore] = [failures, allFailures]
    try {
      const result = await attempt(allBefore)
      failures = 0
      return result
    } catch (error) {
      failures = Math.max(failures, before + 1)
      allFailures = Math.max(allFailures, allBefore + 1)
      throw error
    }
  }
  return async (attempt, signal) => {
    while (trial !== null && !signal.aborted) await trial
    signal.throwIfAborted()
    if (failures === 0) return count(attempt)
    const { promise, resolve } = Promise.withResolvers<void>()
    trial = promise
    try {
      await pause(backoffMs(failures, backoff), signal)
      signal.throwIfAborted()
      return await count(attempt)
    } finally {
      trial = null
      resolve()
    }
  }
}
