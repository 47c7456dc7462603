/** The gateway's answer to a refund that a person has requested again. The log of operations has only the request. */
import type { LoggedOperation, Payment } from '../api/types.ts'

export interface RefundAnswer {
  readonly outcome: 'requested' | 'refused' | 'done'
  /** The gateway's code for the reason of a refusal. Null without one. */
  readonly code: string | null
}

type Request = Pick<LoggedOperation, 'operation' | 'outcome' | 'at'>
type Facts = Pick<Payment, 'status' | 'refund'>

/** The oldest first. An earlier version of the payment service sends none. */
export const refusalsOf = (refund: Payment['refund'] | undefined) => refund?.refusals ?? []

/** A request that had no effect has no answer. */
export const isRefundRequest = ({ operation, outcome }: Pick<Request, 'operation' | 'outcome'>): boolean =>
  operation === 'refund_request' && outcome === 'done'

/**
 * Undefined for other operations. The answer is the first one after the request. Only an equal concurrent request can be
 * recorded before it, and both have the same answer. One database has recorded the times of both.
 */
export const refundAnswerTo = (request: Request, payment: Facts | undefined): RefundAnswer | undefined => {
  if (!isRefundRequest(request)) return undefined
  const refusal = refusalsOf(payment?.refund).find(({ at }) => at >= request.at)
  if (refusal) return { outcome: 'refused', code: refusal.code }
  const isMade = payment?.status === 'refunded' && payment.refund?.manualReference === null
  return { outcome: isMade ? 'done' : 'requested', code: null }
}
