/** The retry policy: decides between a retry and a dead letter. It is pure, and the same for reactions and tasks. */
import { Undecodable, type UndecodableReason } from '@quadrille/messages'
import { retryTierFor, retryTiers } from '@quadrille/messaging'
import { IdConflict } from '../core/batch.ts'
import { taskFaultOf } from '../errors/task-fault.ts'
import { EventStorm } from './event-storm.ts'
import { WrongExchange } from './wrong-exchange.ts'

/**
 * The reasons for which the consumers give a message up. The broker adapters add their own, such as `delivery_limit` and
 * `uncopyable`; the relay adds `unsendable`.
 */
export type DeadLetterReason =
  /** All of its attempts have failed. */
  | 'attempts_exhausted'
  /** A different message with the same id was handled before. */
  | 'id_conflict'
  /** Processes crashed while they handled only this message. */
  | 'kills_its_consumer'
  /** The event came through the exchange of a service that doesn't publish it. */
  | 'wrong_exchange'
  /** Its chain of causes is longer than any chain of the choreography. */
  | 'event_storm'
  | UndecodableReason

export type Verdict =
  /** `delayMs` is that of a retry tier, with either broker. */
  | { readonly next: 'retry'; readonly delayMs: number; readonly isAttempt: boolean }
  | { readonly next: 'park'; readonly reason: DeadLetterReason }

export interface FailedMessage {
  readonly error: Error
  /** How often handling it has failed, this time included. */
  readonly attempts: number
  /** The allowed number of attempts. It does not apply to compensations, which are never given up. */
  readonly maxAttempts: number
  readonly compensates: boolean
}

/** The default number of attempts: one at once, and one after each delay. */
export const attemptsByDefault = 1 + retryTiers.length

/**
 * A failure that a retry can't repair makes the message a dead letter at once. Other failures are retried after a delay, and
 * make it a dead letter after `maxAttempts`. A certain outage of the external system never does. If the external system asks for a
 * longer delay than the schedule has, the message waits for the next longer tier, or for the longest one.
 */
export const judge = ({ error, attempts, maxAttempts, compensates }: FailedMessage): Verdict => {
  if (error instanceof Undecodable) return { next: 'park', reason: error.reason }
  if (error instanceof IdConflict) return { next: 'park', reason: 'id_conflict' }
  if (error instanceof WrongExchange) return { next: 'park', reason: 'wrong_exchange' }
  if (error instanceof EventStorm) return { next: 'park', reason: 'event_storm' }
  const { outage, retryAfterMs = 0, deferred, limited } = taskFaultOf(error)
  if (deferred) return { next: 'retry', delayMs: retryTierFor(retryAfterMs).delayMs, isAttempt: false }
  const isLimited = !compensates && (!outage || limited)
  if (attempts >= maxAttempts && isLimited) return { next: 'park', reason: 'attempts_exhausted' }
  return { next: 'retry', delayMs: retryTierFor(Math.max(delayAfter(attempts), retryAfterMs)).delayMs, isAttempt: true }
}

/**
 * True if the failure does not indicate a common fault: the message is invalid, or the external system has answered with an error.
 * Also true if nothing was attempted, if the attempts are to be limited, and for an outage of the external system, which the
 * circuit breaker handles.
 */
export const isOwnFault = (error: Error): boolean => {
  if (ownFaults.some((fault) => error instanceof fault)) return true
  const { outage, deferred, limited } = taskFaultOf(error)
  return outage !== undefined || deferred === true || limited === true
}

const ownFaults = [Undecodable, IdConflict, WrongExchange, EventStorm]

/** Each of the broker's delays once, and then the longest one repeatedly, ms. */
const delayAfter = (attempts: number): number =>
  (retryTiers[Math.min(attempts, retryTiers.length) - 1] ?? retryTiers[0]).delayMs
