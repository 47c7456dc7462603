/** What a consumer does with a delivery that it couldn't handle: it comes back later, or is parked. */
import type { MessageType } from '@quadrille/events'
import { type Delivery, retryTierFor } from '@quadrille/messaging'
import { traceIdOf } from '@quadrille/outbox'
import type { Parts } from '../parts.ts'
import { judge } from './policy.ts'
import { taskFaultOf } from './task-fault.ts'

/** A delivery whose handling failed, by the fault of nobody else. */
export interface FailedDelivery {
  readonly delivery: Delivery
  readonly error: Error
  /** What it turned out to be, where it could be read. */
  readonly type?: MessageType | undefined
  /** How often this message is tried. Default RETRY_ATTEMPTS. */
  readonly maxAttempts?: number | undefined
}

export type Fail = (failed: FailedDelivery) => void

export const failureOn =
  ({ model, config, log, metrics }: Parts, queue: string): Fail =>
  ({ delivery, error, type, maxAttempts = config.RETRY_ATTEMPTS }) => {
    const attempts = delivery.attempts + 1
    const compensates = type !== undefined && (model.compensates ?? []).includes(type)
    const verdict = judge({ error, attempts, maxAttempts, compensates })
    if (verdict.next === 'park') return delivery.park({ reason: verdict.reason, error })
    const { delayMs } = verdict
    metrics.retries.inc({ queue, delay: retryTierFor(delayMs).name })
    const { id, correlationId } = delivery.message
    const about = {
      queue,
      type,
      messageId: id,
      orderId: correlationId,
      trace_id: traceIdOf(delivery.message) ?? undefined,
    }
    const level = taskFaultOf(error).outage === false ? 'info' : 'warn' // an answer of the outside is no trouble of ours
    log[level]({ err: error, ...about, attempts, delayMs }, 'a message failed and comes back later')
    delivery.retry({ error, delayMs })
  }
