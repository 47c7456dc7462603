/** Transient faults of Postgres, and the repetition of work after one kind of them: a conflict. */
import { setTimeout as pause } from 'node:timers/promises'
import { concernsStatement, faultOf, isLockTimeout } from '@quadrille/postgres'

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

/** The number of tries after which a repeated conflict counts as a failure. */
export const conflictTries = 8

/**
 * Runs the work, and repeats it after a conflict, up to 8 tries in all. The pauses between them take a quarter of a second at most.
 * `random`: jitter, from 0 to 1.
 */
export const despiteConflicts = async <Result>(
  work: () => Promise<Result>,
  random: () => number = Math.random,
): Promise<Result> => {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work()
    } catch (error) {
      if (transientFaultOf(error) !== 'conflict' || tried === conflictTries) throw error
    }
    await pause(random() * 2 ** tried)
  }
}
