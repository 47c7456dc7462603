/** A delivery of a message to a consumer, and its settlement. */
import type { Decoded } from '@quadrille/messages'
import type { WireMessage } from './message.ts'

/** A message in a queue, with its history there. */
export interface QueuedMessage {
  readonly message: WireMessage
  /**
   * The exchange of the first delivery. Retries and replays keep it. For messages that a service sends to its own
   * queues, it is the direct exchange. Empty if it is unknown.
   */
  readonly exchange: string
  /** The number of failures of this message on this queue. Redeliveries do not count. */
  readonly attempts: number
  /** When handling it on this queue first failed or was deferred. Null before that. */
  readonly firstFailedAt: Date | null
  /**
   * The number of earlier deliveries that ended without a settlement, since the message was published or last failed.
   * An upper bound of the crashes that it caused, because a lost connection counts too. 0 for a first delivery.
   */
  readonly crashes: number
}

/**
 * A delivery to one consumer. It is settled exactly once, by `ack`, `retry` or `park`. An unsettled one is redelivered
 * to this consumer or to another.
 */
export interface Delivery extends QueuedMessage {
  /** The message that the body contains, if the publisher was in the same process and has passed it on. It is frozen. */
  readonly decoded?: Decoded | undefined
  /**
   * True if its channel has closed, or its participant has left, before it was settled. Settling it has no effect then: it is
   * redelivered.
   */
  isLost(): boolean
  /** The message is done. Call it after the commit, never before. */
  ack(): void
  /**
   * Handling this message failed. It returns to this queue, and to no other, after about `delayMs`. The copy is durable
   * before the original is removed. If storing it fails, the original is redelivered.
   */
  retry(options: RetryOptions): void
  /**
   * Gives up this message: it becomes a dead letter, which is stored before the original is removed. Storing it is
   * retried. If this participant leaves before that, the original is redelivered.
   */
  park(options: ParkOptions): void
}

/** The attempts that have failed since a message was delivered, including the last one. */
interface FailedAttempts {
  /** Their number. 0 if the message was deferred without an attempt. Default 1. */
  readonly failedAttempts?: number
  /** The time of the first one. Default: that of the last one. It does not replace that of an earlier delivery. */
  readonly firstFailedAt?: Date | null
  /** The time of the last one, or of the postponement. Default: now, by the clock of this process. */
  readonly failedAt?: Date
}

export interface RetryOptions extends FailedAttempts {
  readonly error: Error
  readonly delayMs: number
}

/** Why a message is given up, and after how many attempts. */
export interface ParkOptions extends FailedAttempts {
  /** A short name for this kind of failure. Dead letters are filtered and counted by it. */
  readonly reason: string
  readonly error: Error
}
