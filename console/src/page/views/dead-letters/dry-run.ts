/** The results of a dry run, which allow a replay. */
import type { DeadLetter, Trial } from '../../api/types.ts'

/** A dead letter with the result of its dry run. */
export interface Tried {
  readonly letter: DeadLetter
  readonly trial: Trial
}

export interface DryRun {
  /** In the order in which they are replayed. */
  readonly results: readonly Tried[]
  /** When it ended. */
  readonly endedAt: string
}

/** Whether it was the dry run of exactly these dead letters, in any order. */
export const isOfLetters = ({ results }: DryRun, letters: readonly DeadLetter[]): boolean => {
  const tried = new Set(results.map(({ letter: { id } }) => id))
  return tried.size === letters.length && letters.every(({ id }) => tried.has(id))
}
