import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

export const refundRefused = reaction('RefundRefused', (payment, { data: { round, code } }) => {
  if (payment?.status !== 'refunding' || payment.round !== round) return nothing // from an earlier round, or late
  const { orderId, captured, currency } = payment
  const failed = draft('PaymentRefundFailed', { orderId, amount: captured, currency, code })
  // Each event type is published at most once per order, so PaymentRefundFailed is published in the first round only.
  return { state: { ...payment, status: 'refund_failed', code }, events: round === 1 ? [failed] : [] }
})
