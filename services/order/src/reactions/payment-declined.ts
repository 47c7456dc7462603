import { advance, withPayment } from '../domain/order.ts'
import { cancel } from '../domain/outcomes.ts'
import { orderReaction } from './reaction.ts'

export const paymentDeclined = orderReaction('PaymentDeclined', (order, { type }) => {
  const next = advance(order, type)
  return next ? cancel(withPayment(next, 'declined'), 'payment_declined') : { state: withPayment(order, 'declined') }
})
