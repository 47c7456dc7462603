/** The retry policy: decides between a retry and a dead letter. It is pure, and the same for reactions and tasks. */
import { retryTierFor, retryTiers } from '@quadrille/messaging'
import { taskFaultOf } from '../errors/task-fault.ts'
import type { DeadLetterReason } from './outcome.ts'

export type Verdict =
  /** `delayMs` is that of a retry tier, with either broker. */
  { readonly next: 'retry'; readonly delayMs: number } | { readonly next: 'park'; readonly reason: DeadLetterReason }

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
 * A failed message is retried after a delay, and becomes a dead letter after `maxAttempts`. A certain outage of the external
 * system never makes it one. If the external system asks for a longer delay than the schedule has, the message waits for the next
 * longer tier, or for the longest one.
 */
export const judge = ({ error, attempts, maxAttempts, compensates }: FailedMessage): Verdict => {
  const { outage, retryAfterMs = 0, limited } = taskFaultOf(error)
  const isLimited = !compensates && (!outage || limited)
  if (attempts >= maxAttempts && isLimited) return { next: 'park', reason: 'attempts_exhausted' }
  return { next: 'retry', delayMs: retryTierFor(Math.max(delayAfter(attempts), retryAfterMs)).delayMs }
}

/** Each of the broker's delays once, and then the longest one repeatedly, ms. */
const delayAfter = (attempts: number): number =>
  (retryTiers[Math.min(attempts, retryTiers.length) - 1] ?? retryTiers[0]).delayMs
