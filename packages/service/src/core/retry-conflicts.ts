import { setTimeout as pause } from 'node:timers/promises'
import { transientFaultOf } from '@quadrille/postgres'

/** The number of tries after which a repeated conflict counts as a failure. */
export const conflictTries = 8

/**
 * Runs the work, and repeats it after a conflict, up to 8 tries in all. The pauses between them take a quarter of a second at most.
 * `random`: jitter, from 0 to 1.
 */
export const retryConflicts = async <Result>(
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
