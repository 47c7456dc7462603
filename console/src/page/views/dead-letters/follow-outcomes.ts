/** Reads the outcomes of replayed dead letters again and again, until each is known. */
import type { DeadLetter } from '../../api/types.ts'
import { pause } from '../../pause.ts'
import type { Outcome } from './outcome.ts'
import { readOutcome, textOf } from './read-outcome.ts'

interface FollowOptions {
  readonly service: string
  readonly letters: readonly DeadLetter[]
  /** The outcomes that were read before. */
  readonly known: ReadonlyMap<string, Outcome>
  readonly signal: AbortSignal
  /** Called with the outcomes so far, by the ids of the dead letters. */
  readonly onOutcomes: (outcomes: ReadonlyMap<string, Outcome>) => void
}

/** The first pause after all that are not final have been read, ms. Each further one is longer by half. */
const firstPauseMs = 1_000
const maxPauseMs = 15_000

/** Ends without an error if it is stopped. An error of one reading is shown as its outcome for now. */
export const followOutcomes = async (options: FollowOptions): Promise<void> => {
  const { service, letters, known, signal, onOutcomes } = options
  let outcomes = known
  let pauseMs = firstPauseMs
  for (;;) {
    const open = letters.filter(({ id }) => !isFinal(outcomes.get(id)))
    if (open.length === 0) return
    for (const letter of open) {
      const outcome = await readOutcome(service, letter, signal).catch(unread)
      if (signal.aborted) return
      outcomes = new Map(outcomes).set(letter.id, outcome)
      onOutcomes(outcomes)
    }
    await pause(pauseMs, signal)
    if (signal.aborted) return
    pauseMs = Math.min(maxPauseMs, pauseMs * 1.5)
  }
}

const isFinal = (outcome: Outcome | undefined): boolean => outcome?.kind === 'handled' || outcome?.kind === 'again'

const unread = (error: unknown): Outcome => ({ kind: 'waiting', why: textOf(error) })
