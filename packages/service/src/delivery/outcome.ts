/** The outcome of handling a delivery once. Handlers and policies return one for each delivery; `settle.ts` acts on it. */
import type { UndecodableReason } from '@quadrille/messages'
import type { Lane } from '../core/lanes.ts'
import type { Unavailable } from '../errors/unavailable.ts'

export type Outcome =
  /** Its effect is committed. It is acknowledged. */
  | { readonly status: 'applied' }
  /** It was handled before. It is acknowledged. */
  | { readonly status: 'duplicate' }
  /** There was nothing to do, or its task has given up. It is acknowledged. */
  | { readonly status: 'ignored' }
  | Failed
  | NotNow
  | DeadLettered
  /** Postgres can't be used. The policy `waitForPostgres` handles the delivery again, unless the service stops. */
  | { readonly status: 'unavailable'; readonly error: Unavailable }
  /** The service stops, or the delivery is lost. It stays unsettled, so it is delivered again, here or to another instance. */
  | { readonly status: 'abandoned' }

/** The attempt failed. The retry policy decides between a retry and a dead letter. */
export interface Failed {
  readonly status: 'failed'
  readonly error: Error
  /** The number of attempts for this message. Default RETRY_ATTEMPTS. */
  readonly maxAttempts?: number | undefined
}

/** A retry can't help, so it becomes a dead letter at once. The retry policy is not consulted. */
export interface DeadLettered {
  readonly status: 'dead_letter'
  readonly reason: DeadLetterReason
  readonly error: Error
}

/**
 * The reasons for which the consumers give a message up. The broker adapters add their own, such as `delivery_limit` and
 * `uncopyable`; the relay adds `unsendable`.
 */
export type DeadLetterReason =
  /** All of its attempts have failed. */
  | 'attempts_exhausted'
  /** A different message with the same id was handled before. */
  | 'id_conflict'
  /** Processes crashed while they handled this suspect, the last one without another suspect that began after it. */
  | 'kills_its_consumer'
  /** The event came through the exchange of a service that doesn't publish it. */
  | 'wrong_exchange'
  /** Its chain of causes is longer than any chain of the choreography. */
  | 'event_storm'
  | UndecodableReason

/**
 * The message can't be handled now, through no fault of its own. It stays in memory, unacknowledged, and is tried again for
 * some seconds. Then it goes to a retry queue. Neither counts as an attempt.
 */
export interface NotNow {
  readonly status: 'not_now'
  readonly error: Error
  /** The pause before the next try in memory, ms. Default: a backoff from 20 ms to 2 s, with full jitter. */
  readonly pauseMs?: number
  /** How long it may stay in memory. Default `short`. */
  readonly wait?: Wait
  /** The lane of the next try. Default `retry`. */
  readonly lane?: Lane
}

/**
 * How long a delivery stays in memory, ms. The time of each kind begins with the first wait of this kind, and again with the first one
 * after its task was performed.
 */
export const longestWaitsMs = {
  /** It goes to a retry queue at once. */
  none: 0,
  short: 5_000,
  /**
   * For a task whose circuit is open, that waits for a permit, or whose outcome can't be stored. The last pause before the outcome is
   * stored again may add 10 minutes. RabbitMQ closes the channel of a delivery that is unsettled for 30 minutes, or since 4.3 cancels
   * its consumer (`consumer_timeout`, https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout).
   */
  long: 480_000,
  /** Until a policy ends it. */
  unlimited: Number.POSITIVE_INFINITY,
}

export type Wait = keyof typeof longestWaitsMs

/** How often a delivery that waits for others of its queue checks whether it may be tried, ms. */
const pollEveryMs = 250

/** The outcome of such a delivery. `error` is the reason why it waits. */
export const polled = (error: Error, wait: Wait): NotNow => ({ status: 'not_now', error, pauseMs: pollEveryMs, wait })

export const applied: Outcome = { status: 'applied' }
export const ignored: Outcome = { status: 'ignored' }
export const abandoned: Outcome = { status: 'abandoned' }
