/** What a gateway can be asked to do with an object. Pure: the ledger brings the object, locked, and stores what came of it. */
import type { RefundOutcome, Standing } from '../gateway.ts'
import { type Answer, capture, type Intent, standingOf } from './intent.ts'
import { type Method, methodOf } from './methods.ts'

export interface Done<Given extends Answer> {
  readonly intent: Intent
  readonly answer: Given
  /** The answer doesn't reach whoever asked. */
  readonly lost?: boolean
}

export type Operation<Given extends Answer> = (intent: Intent, now: Date) => Done<Given>

/** A 500. */
export interface Failed {
  readonly status: 'failed'
}

export type Confirmed = Standing | Failed

/** Captures the amount by a payment method. Only what was never confirmed can be: the guard against a second capture. */
export const confirm =
  (name: string): Operation<Confirmed> =>
  (intent, now) => {
    if (intent.status !== 'unconfirmed') return { intent, answer: standingOf(intent) }
    const method = methodOf(name)
    const asked = { ...intent, method: name, confirmations: intent.confirmations + 1 }
    if (asked.confirmations <= (method.failures ?? 0)) return { intent: asked, answer: { status: 'failed' } }
    const dealtWith = deal(asked, method, now)
    return { intent: dealtWith, answer: standingOf(dealtWith), lost: method.losesAnswer ?? false }
  }

const deal = (intent: Intent, { declines, processingMs }: Method, now: Date): Intent => {
  if (declines !== undefined) return { ...intent, status: 'declined', declineCode: declines }
  if (processingMs === undefined) return capture(intent)
  return { ...intent, status: 'processing', dueAt: new Date(now.getTime() + processingMs) }
}

/** Sees to it that what wasn't confirmed never is. The rest stands as it is. */
export const cancel: Operation<Standing> = (intent) => {
  const cancelled: Intent = intent.status === 'unconfirmed' ? { ...intent, status: 'cancelled' } : intent
  return { intent: cancelled, answer: standingOf(cancelled) }
}

export const look: Operation<Standing> = (intent) => ({ intent, answer: standingOf(intent) })

/** Gives back all that is left of what was captured. Where nothing is left it was given back before. */
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
