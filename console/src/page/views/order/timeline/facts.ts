/** The facts from which the timeline of an order is drawn: its history, and what its services hold at the moment. */
import type { Diagnosis, Event, FailedAttempt, LoggedOperation, OpenTask, WaitingMessage } from '../../../api/types.ts'

export interface TimelineFacts {
  /** In the order of the history. */
  readonly events: readonly Event[]
  /** In the order of the lanes. */
  readonly services: readonly ServiceFacts[]
  /** The present, by the clock of the browser. */
  readonly nowMs: number
  /** The answers for which the order waits. */
  readonly missing: readonly Diagnosis[]
}

/** The messages and failures of the order in one service. */
export interface ServiceFacts {
  readonly service: string
  /** Why the rest is not known, or not up to date. Null if it is. */
  readonly unknown: string | null
  readonly waiting: readonly WaitingMessage[]
  readonly task: OpenTask | null
  /** The newest first. */
  readonly attempts: readonly FailedAttempt[]
  /** The operations of people on the order. */
  readonly operations: readonly LoggedOperation[]
}
