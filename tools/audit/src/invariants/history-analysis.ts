/** Facts that follow from an order's history alone. */
import { type Expected, expectedOf } from './expected-states.ts'
import { type EventRecord, illegalIn, isAnsweredIn, missingIn, repeatedIn } from './history-rules.ts'

export interface HistoryAnalysis {
  readonly events: readonly EventRecord[]
  /** The states that the history leads to. */
  readonly expected: Expected
  /** Violations of the choreography's rules. */
  readonly illegal: readonly string[]
  /** Missing events, which may arrive later from another service. */
  readonly missing: readonly string[]
  /** Whether payment and inventory have answered a cancellation. */
  readonly isAnswered: boolean
  /** Events that occur more than once. */
  readonly repeated: readonly string[]
}

/** Analyses the event list of a `HistoryRecord`. */
export type AnalyseHistory = (eventList: string) => HistoryAnalysis

/** The most histories in the cache. Those with parcels differ, because they contain times. */
const maxKnown = 10_000

/** Analyses equal histories once. Many orders share few different histories. */
export const cachingAnalyser = (): AnalyseHistory => {
  const known = new Map<string, HistoryAnalysis>()
  return (text) => {
    const found = known.get(text)
    if (found) return found
    if (known.size >= maxKnown) known.clear()
    const analysis = analysisOf(text)
    known.set(text, analysis)
    return analysis
  }
}

const analysisOf = (text: string): HistoryAnalysis => {
  const events = text === '' ? [] : text.split(',').map(eventOf)
  return {
    events,
    expected: expectedOf(events),
    illegal: illegalIn(events),
    missing: missingIn(events),
    isAnswered: isAnsweredIn(events),
    repeated: repeatedIn(events),
  }
}

const eventOf = (text: string): EventRecord => {
  const [type = '', about = ''] = text.split(' ')
  return { type, about }
}
