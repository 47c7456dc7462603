/** Records failed attempts beside the work, so that no message waits for it. */
import { batching } from '@quadrille/async'
import type { Sql } from '@quadrille/postgres'
import { retryConflicts } from '../core/retry-conflicts.ts'
import type { FailedAttempt } from '../delivery/failed-attempt.ts'
import type { InFlight } from '../delivery/in-flight.ts'
import { insertAttempts } from './attempt-table.ts'

export interface AttemptLogOptions {
  readonly sql: Sql
  /** A stop waits for running inserts. */
  readonly inFlight: Pick<InFlight, 'add'>
  /** Called for an attempt that is not recorded. */
  readonly onLost: (error: unknown) => void
}

export type RecordAttempt = (attempt: FailedAttempt) => void

/** The maximum number of attempts in memory. While Postgres is too slow, further ones are not recorded. */
const maxWaiting = 1_000

/**
 * Records each failed attempt within milliseconds. The record is for operators: if the process crashes before
 * that, or Postgres rejects it, the attempt is lost. Its message is retried or parked regardless.
 */
export const createAttemptLog = ({ sql, inFlight, onLost }: AttemptLogOptions): RecordAttempt => {
  const insert = batching(async (attempts: readonly FailedAttempt[]) => {
    // Another instance may record attempts of the same subject at the same time. A lock timeout loses the attempts.
    await retryConflicts(() => insertAttempts(sql, attempts))
    return attempts
  })
  let waiting = 0
  const record = async (attempt: FailedAttempt): Promise<void> => {
    waiting += 1
    try {
      await insert(attempt)
    } catch (error) {
      onLost(error)
    } finally {
      waiting -= 1
    }
  }
  return (attempt) => {
    if (waiting < maxWaiting) inFlight.add(record(attempt))
    else onLost(new Error(`${waiting} failed attempts wait to be recorded.`))
  }
}
