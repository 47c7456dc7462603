/** What the rounds of a run say together: the warm-up, and what comes after it. */
import type { Outcome } from './barrage.ts'

export interface Round {
  /** How many requests were to be sent. */
  readonly asked: number
  readonly outcome: Pick<Outcome, 'sent' | 'faults'>
}

export const faultsOf = (rounds: readonly Round[]): string[] => rounds.flatMap(({ outcome }) => outcome.faults)

/** A line for each round whose time was over before all its requests were sent: what was not sent shows nothing. */
export const unsentOf = (rounds: readonly Round[]): string[] =>
  rounds.flatMap(({ asked, outcome: { sent } }) =>
    sent < asked ? [`${sent} of ${asked} were sent before the time was over; --seconds gives more`] : [],
  )
