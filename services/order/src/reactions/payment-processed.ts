import { advance, withPayment } from '../domain/order.ts'
import { orderReaction } from './reaction.ts'

export const paymentProcessed = orderReaction('PaymentProcessed', (order, { type }) => ({
  state: withPayment(advance(order, type) ?? order, 'captured'),
}))
