/** The results of all rounds: the warm-up, and the measured one. */
import type { Outcome } from './send-all.ts'

export interface Round {
  /** The number of requests to send. */
  readonly asked: number
  readonly outcome: Pick<Outcome, 'sent' | 'faults'>
}

export const faultsOf = (rounds: readonly Round[]): string[] => rounds.flatMap(({ outcome }) => outcome.faults)

/** A line for each round that ended before all requests were sent: an unsent request proves nothing. */
export const unsentOf = (rounds: readonly Round[]): string[] =>
  rounds.flatMap(({ asked, outcome: { sent } }) =>
    sent < asked ? [`${sent} of ${asked} were sent before the time was over; set a higher --seconds`] : [],
  )
