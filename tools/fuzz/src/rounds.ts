/** The results of all rounds: the warm-up, and the measured one. */
import type { Outcome } from './send-all.ts'

export interface Round {
  /** The number of requests to send. */
  readonly requested: number
  readonly outcome: Pick<Outcome, 'sent' | 'faults'>
}

export const faultsOf = (rounds: readonly Round[]): string[] => rounds.flatMap(({ outcome }) => outcome.faults)

/** A line for each round that ended before all requests were sent. */
export const unsentOf = (rounds: readonly Round[]): string[] =>
  rounds.flatMap(({ requested, outcome: { sent } }) =>
    sent < requested
      ? [`${sent} of ${requested} requests were sent before the time limit; set a higher --seconds`]
      : [],
  )
