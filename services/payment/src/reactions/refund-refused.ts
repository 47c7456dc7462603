import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

export const refundRefused = reaction('RefundRefused', (payment, { data: { round, code } }) => {
  if (payment?.status !== 'refunding' || payment.round !== round) return nothing // of an earlier round, or overtaken
  const { orderId, captured, currency } = payment
  const failed = draft('PaymentRefundFailed', { orderId, amount: captured, currency, code })
  // An order has one event of each type, so PaymentRefundFailed is published in the first round only.
  return { state: { ...payment, status: 'refund_failed', code }, events: round === 1 ? [failed] : [] }
})
