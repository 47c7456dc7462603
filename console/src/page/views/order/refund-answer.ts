/** The gateway's answer to a refund that a person has requested again. The log of operations has only the request. */
import type { LoggedOperation, Payment } from '../../api/types.ts'

export interface RefundAnswer {
  readonly outcome: 'requested' | 'refused' | 'done'
  /** The gateway's code for the reason of a refusal. Null without one. */
  readonly code: string | null
}

type Request = Pick<LoggedOperation, 'operation' | 'outcome' | 'at'>
type Facts = Pick<Payment, 'status' | 'refund'>

/**
 * Undefined for other operations, and for a request that had no effect. The answer is the first one after the request: there is no
 * other request before it, and one database has recorded the times of both.
 */
export const refundAnswerTo = (
  { operation, outcome, at }: Request,
  payment: Facts | undefined,
): RefundAnswer | undefined => {
  if (operation !== 'refund_request' || outcome !== 'done') return undefined
  const refusal = payment?.refund?.refusals.find((each) => each.at >= at)
  if (refusal) return { outcome: 'refused', code: refusal.code }
  const isMade = payment?.status === 'refunded' && payment.refund?.manualReference === null
  return { outcome: isMade ? 'done' : 'requested', code: null }
}
