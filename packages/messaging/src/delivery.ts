/** A message on its way to a consumer, and how it is settled. */
import type { WireMessage } from './message.ts'

/**
 * A message on its way to one consumer. It is settled exactly once, by `ack`, `retry` or `park`;
 * one that is never settled is delivered again, to this consumer or to another.
 */
export interface Delivery {
  readonly message: WireMessage
  /**
   * The exchange by which the message first came; retries and replays keep it. What a service sends to its own queues first
   * came by its direct exchange. Empty where it is not known.
   */
  readonly exchange: string
  /** How often handling this message has failed before, on this queue. Redeliveries don't count. */
  readonly attempts: number
  /**
   * How often it has been delivered before without being settled, since it was published or last failed: so many times its
   * consumer may have died of it. May be too high, as a lost connection looks like a death; 0 for a first delivery.
   */
  readonly deaths: number
  /** The message is done. Call it after the commit, never before. */
  ack(): void
  /**
   * Handling this message failed: it comes back to this queue, and to no other, after about `delayMs`.
   * The copy is durable before the original is given up; where that fails, the original is redelivered.
   */
  retry(failure: Failure): void
  /**
   * This message is given up, and goes to the service's dead letters. It is stored there before the original is given up;
   * where that fails it is tried again, and where this participant ends first, the original is redelivered.
   */
  park(cause: Cause): void
}

export interface Failure {
  readonly error: Error
  readonly delayMs: number
  /** False where handling it was put off rather than tried: then it doesn't count. Default true. */
  readonly isAttempt?: boolean
}

/** Why a message is given up. */
export interface Cause {
  /** A short name for this kind of failure, by which dead letters are filtered and counted. */
  readonly reason: string
  readonly error: Error
}
