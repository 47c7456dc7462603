/** Reads outcomes again and again, until each is final. */
import { pause } from './pause.ts'

export interface OutcomeReader<Outcome> {
  /** Must not throw. */
  readonly read: (id: string, signal: AbortSignal) => Promise<Outcome>
  /** Whether it is read no more. */
  readonly isFinal: (outcome: Outcome) => boolean
}

interface FollowOptions<Outcome> extends OutcomeReader<Outcome> {
  readonly ids: readonly string[]
  /** The outcomes that were read before. */
  readonly known: ReadonlyMap<string, Outcome>
  readonly signal: AbortSignal
  /** Called with the outcomes so far, by their ids. */
  readonly onOutcomes: (outcomes: ReadonlyMap<string, Outcome>) => void
}

/** The first pause after all that are not final have been read, ms. Each further one is longer by half. */
const firstPauseMs = 1_000
const maxPauseMs = 15_000

/** Reads them one by one, while the page is visible. Ends without an error if it is stopped. */
export const followOutcomes = async <Outcome>(options: FollowOptions<Outcome>): Promise<void> => {
  const { ids, read, isFinal, known, signal, onOutcomes } = options
  let outcomes = known
  let pauseMs = firstPauseMs
  for (;;) {
    const open = ids.filter((id) => {
      const outcome = outcomes.get(id)
      return outcome === undefined || !isFinal(outcome)
    })
    if (open.length === 0) return
    for (const id of ifVisible(open)) {
      const outcome = await read(id, signal)
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

/** Without those that are neither followed nor final: they would stay as they are, though they have changed. */
export const currentOutcomes = <Outcome>(
  outcomes: ReadonlyMap<string, Outcome>,
  ids: readonly string[],
  isFinal: (outcome: Outcome) => boolean,
): ReadonlyMap<string, Outcome> =>
  new Map([...outcomes].filter(([id, outcome]) => ids.includes(id) || isFinal(outcome)))
