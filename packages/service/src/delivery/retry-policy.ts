/** The verdict on a message whose handling failed by its own fault: pure, the same for reactions and tasks. */
import { Undecodable, type UndecodableReason } from '@quadrille/messages'
import { retryTiers } from '@quadrille/messaging'
import { IdConflict } from '../core/batch.ts'
import { taskFaultOf } from '../errors/task-fault.ts'
import { WrongExchange } from './wrong-exchange.ts'

/** Why a service gives a message up. The broker adds `delivery_limit`, for one that it gave up itself. */
export type ParkReason =
  /** It has failed as often as is allowed. */
  | 'attempts_exhausted'
  /** The same id has come before with other content. */
  | 'id_conflict'
  /** Processes have died while they handled it, and nothing else that could be to blame. */
  | 'kills_its_consumer'
  /** An event came by the exchange of a service that doesn't publish it. */
  | 'wrong_exchange'
  | UndecodableReason

export type Verdict =
  | { readonly next: 'retry'; readonly delayMs: number; readonly isAttempt: boolean }
  | { readonly next: 'park'; readonly reason: ParkReason }

export interface FailedMessage {
  readonly error: Error
  /** How often handling it has failed, this time included. */
  readonly attempts: number
  /** Tried as often as this. For what compensates it doesn't count: that is never given up. */
  readonly maxAttempts: number
  readonly compensates: boolean
}

/** How often a message is tried by default: at once, and after each of the delays. */
export const attemptsByDefault = 1 + retryTiers.length

/**
 * A failure that a retry can't repair parks the message at once, and too many failures park it in the end. Every other failure
 * delays it.
 * An outage of what a task asks ends nothing, however often. Where the outside has asked us to wait longer than the schedule
 * does, it is given that time.
 */
export const judge = ({ error, attempts, maxAttempts, compensates }: FailedMessage): Verdict => {
  if (error instanceof Undecodable) return { next: 'park', reason: error.reason }
  if (error instanceof IdConflict) return { next: 'park', reason: 'id_conflict' }
  if (error instanceof WrongExchange) return { next: 'park', reason: 'wrong_exchange' }
  const { outage, retryAfterMs = 0, isAttempt = true } = taskFaultOf(error)
  if (!isAttempt) return { next: 'retry', delayMs: retryAfterMs, isAttempt }
  if (attempts >= maxAttempts && !compensates && !outage) return { next: 'park', reason: 'attempts_exhausted' }
  return { next: 'retry', delayMs: Math.max(delayAfter(attempts), retryAfterMs), isAttempt }
}

/**
 * True where the failure can only be this message's: it can't be read, isn't what it says, or the outside has answered that it
 * fails. So is one by which nothing was tried, and an outage of the outside, for which tasks have a circuit breaker.
 */
export const isOwnFault = (error: Error): boolean => {
  if (error instanceof Undecodable || error instanceof IdConflict || error instanceof WrongExchange) return true
  const { outage, isAttempt } = taskFaultOf(error)
  return outage !== undefined || isAttempt === false
}

/** Each of the broker's tiers once, and then the longest one each time, ms. */
const delayAfter = (attempts: number): number =>
  (retryTiers[Math.min(attempts, retryTiers.length) - 1] ?? retryTiers[0]).delayMs
