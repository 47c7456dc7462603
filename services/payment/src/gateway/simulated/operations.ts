/** The operations on a payment intent, as pure functions. The caller passes the locked intent and stores the result. */
import type { IntentStatus, RefundOutcome } from '../gateway.ts'
import { type Answer, capture, type Intent, intentStatusOf } from './intent.ts'
import { type Method, methodOf } from './methods.ts'

export interface OperationResult<Given extends Answer> {
  readonly intent: Intent
  readonly answer: Given
  /** The response does not reach the caller. */
  readonly lost?: boolean
}

export type Operation<Given extends Answer> = (intent: Intent, now: Date) => OperationResult<Given>

/** The response is a 500. */
export interface Failed {
  readonly status: 'failed'
}

/** The refund is being processed. */
export interface Pending {
  readonly status: 'pending'
}

export type Confirmed = IntentStatus | Failed

/**
 * Captures the amount by a payment method. Only an unconfirmed intent can be captured, so there is no second capture.
 */
export const confirm =
  (name: string): Operation<Confirmed> =>
  (intent, now) => {
    if (intent.status !== 'unconfirmed') return { intent, answer: intentStatusOf(intent) }
    const method = methodOf(name)
    const attempted = { ...intent, method: name, confirmations: intent.confirmations + 1 }
    if (attempted.confirmations <= (method.failures ?? 0)) return { intent: attempted, answer: { status: 'failed' } }
    const confirmed = applyMethod(attempted, method, now)
    return { intent: confirmed, answer: intentStatusOf(confirmed), lost: method.losesAnswer ?? false }
  }

const applyMethod = (intent: Intent, { declines, processingMs }: Method, now: Date): Intent => {
  if (declines !== undefined) return { ...intent, status: 'declined', declineCode: declines }
  if (processingMs === undefined) return capture(intent)
  return { ...intent, status: 'processing', dueAt: new Date(now.getTime() + processingMs) }
}

/** Prevents the confirmation of an unconfirmed intent. Intents in another status stay unchanged. */
export const cancel: Operation<IntentStatus> = (intent) => {
  const cancelled: Intent = intent.status === 'unconfirmed' ? { ...intent, status: 'cancelled' } : intent
  return { intent: cancelled, answer: intentStatusOf(cancelled) }
}

export const read: Operation<IntentStatus> = (intent) => ({ intent, answer: intentStatusOf(intent) })

/** Refunds the captured amount, unless it was refunded before. While a refund is pending, there is no second one. */
export const refund: Operation<RefundOutcome | Failed | Pending> = (intent, now) => {
  if (intent.status !== 'captured') return { intent, answer: { status: 'refused', code: 'not_captured' } }
  if (intent.refunded === intent.captured) return { intent, answer: { status: 'refunded' } }
  const { refusesRefund, refundFailures = 0, refundPendingMs = 0 } = methodOf(intent.method ?? '')
  const failures = Object.values(intent.answers).filter(({ answer }) => answer.status === 'failed').length
  if (failures < refundFailures) return { intent, answer: { status: 'failed' } }
  if (refusesRefund !== undefined) return { intent, answer: { status: 'refused', code: refusesRefund } }
  const dueAt = intent.dueAt ?? new Date(now.getTime() + refundPendingMs)
  if (dueAt > now) return { intent: { ...intent, dueAt }, answer: { status: 'pending' } }
  return {
    intent: { ...intent, refunded: intent.captured, refundCount: intent.refundCount + 1 },
    answer: { status: 'refunded' },
  }
}
