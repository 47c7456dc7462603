/** Reads the outcomes of replayed dead letters again and again, until each is known. */
import { pause } from '../../pause.ts'
import type { Outcome } from './outcome.ts'
import { textOf } from './read-outcome.ts'

interface FollowOptions {
  /** The ids of the dead letters. */
  readonly ids: readonly string[]
  readonly read: (id: string, signal: AbortSignal) => Promise<Outcome>
  /** The outcomes that were read before. */
  readonly known: ReadonlyMap<string, Outcome>
  readonly signal: AbortSignal
  /** Called with the outcomes so far, by the ids of the dead letters. */
  readonly onOutcomes: (outcomes: ReadonlyMap<string, Outcome>) => void
}

/** The first pause after all that are not final have been read, ms. Each further one is longer by half. */
const firstPauseMs = 1_000
const maxPauseMs = 15_000

/**
 * Reads them one by one, while the page is visible. Ends without an error if it is stopped. An error of one reading is shown as its
 * outcome for now.
 */
export const followOutcomes = async (options: FollowOptions): Promise<void> => {
  const { ids, read, known, signal, onOutcomes } = options
  let outcomes = known
  let pauseMs = firstPauseMs
  for (;;) {
    const open = ids.filter((id) => !isFinal(outcomes.get(id)))
    if (open.length === 0) return
    for (const id of ifVisible(open)) {
      const outcome = await read(id, signal).catch(unread)
      if (signal.aborted) return
      outcomes = new Map(outcomes).set(id, outcome)
      onOutcomes(outcomes)
    }
    await pause(pauseMs, signal)
    if (signal.aborted) return
    pauseMs = Math.min(maxPauseMs, pauseMs * 1.5)
  }
}

/** A hidden page reads nothing. */
const ifVisible = (ids: readonly string[]): readonly string[] => (document.hidden ? [] : ids)

const isFinal = (outcome: Outcome | undefined): boolean => outcome?.kind === 'handled' || outcome?.kind === 'again'

const unread = (error: unknown): Outcome => ({ kind: 'waiting', why: textOf(error) })
