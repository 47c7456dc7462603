/** Reactions to the events of payment. */
import { advance, withPayment } from '../domain/order.ts'
import { announceCancelled } from '../domain/outcomes.ts'
import { orderReaction } from './reaction.ts'

export const paymentProcessed = orderReaction('PaymentProcessed', (order, { type }) => ({
  state: withPayment(advance(order, type) ?? order, 'captured'),
}))

export const paymentDeclined = orderReaction('PaymentDeclined', (order, { type }) => {
  const next = advance(order, type)
  return next
    ? announceCancelled(withPayment(next, 'declined'), 'payment_declined')
    : { state: withPayment(order, 'declined') }
})

export const paymentVoided = orderReaction('PaymentVoided', (order) => ({ state: withPayment(order, 'voided') }))

export const paymentRefunded = orderReaction('PaymentRefunded', (order) => ({ state: withPayment(order, 'refunded') }))

export const paymentRefundFailed = orderReaction('PaymentRefundFailed', (order) => ({
  state: withPayment(order, 'refund_failed'),
}))
