/** The operations on a gateway object, as pure functions. The caller passes the locked object and stores the result. */
import type { ObjectStatus, RefundOutcome } from '../gateway.ts'
import { type Answer, capture, type Intent, objectStatusOf } from './intent.ts'
import { type Method, methodOf } from './methods.ts'

export interface Done<Given extends Answer> {
  readonly intent: Intent
  readonly answer: Given
  /** The caller gets no answer. */
  readonly lost?: boolean
}

export type Operation<Given extends Answer> = (intent: Intent, now: Date) => Done<Given>

/** A 500. */
export interface Failed {
  readonly status: 'failed'
}

export type Confirmed = ObjectStatus | Failed

/**
 * Captures the amount by a payment method. Only an object that was never confirmed can be captured, so there is no
 * second capture.
 */
export const confirm =
  (name: string): Operation<Confirmed> =>
  (intent, now) => {
    if (intent.status !== 'unconfirmed') return { intent, answer: objectStatusOf(intent) }
    const method = methodOf(name)
    const asked = { ...intent, method: name, confirmations: intent.confirmations + 1 }
    if (asked.confirmations <= (method.failures ?? 0)) return { intent: asked, answer: { status: 'failed' } }
    const dealtWith = deal(asked, method, now)
    return { intent: dealtWith, answer: objectStatusOf(dealtWith), lost: method.losesAnswer ?? false }
  }

const deal = (intent: Intent, { declines, processingMs }: Method, now: Date): Intent => {
  if (declines !== undefined) return { ...intent, status: 'declined', declineCode: declines }
  if (processingMs === undefined) return capture(intent)
  return { ...intent, status: 'processing', dueAt: new Date(now.getTime() + processingMs) }
}

/** Prevents a later confirmation of an unconfirmed object. Other objects stay unchanged. */
export const cancel: Operation<ObjectStatus> = (intent) => {
  const cancelled: Intent = intent.status === 'unconfirmed' ? { ...intent, status: 'cancelled' } : intent
  return { intent: cancelled, answer: objectStatusOf(cancelled) }
}

export const look: Operation<ObjectStatus> = (intent) => ({ intent, answer: objectStatusOf(intent) })

/** Refunds the rest of the captured amount. If nothing is left, it was refunded before. */
export const refund: Operation<RefundOutcome | Failed> = (intent) => {
  if (intent.status !== 'captured') return { intent, answer: { status: 'refused', code: 'not_captured' } }
  if (intent.refunded === intent.captured) return { intent, answer: { status: 'refunded' } }
  const { refusesRefund, refundFailures = 0 } = methodOf(intent.method ?? '')
  const failures = Object.values(intent.answers).filter(({ answer }) => answer.status === 'failed').length
  if (failures < refundFailures) return { intent, answer: { status: 'failed' } }
  if (refusesRefund !== undefined) return { intent, answer: { status: 'refused', code: refusesRefund } }
  return {
    intent: { ...intent, refunded: intent.captured, refundCount: intent.refundCount + 1 },
    answer: { status: 'refunded' },
  }
}
