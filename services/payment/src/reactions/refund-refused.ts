import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

export const refundRefused = reaction('RefundRefused', (payment, { data: { round, code } }) => {
  if (payment?.status !== 'refunding' || payment.round !== round) return nothing // an earlier round's, or overtaken
  const { orderId, captured, currency } = payment
  const failed = draft('PaymentRefundFailed', { orderId, amount: captured, currency, code })
  // An order has one event of each type: that its refund was refused is known from the first round on.
  return { state: { ...payment, status: 'refund_failed', code }, events: round === 1 ? [failed] : [] }
})
