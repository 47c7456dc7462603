import { withPayment } from '../domain/order.ts'
import { orderReaction } from './reaction.ts'

export const paymentRefundFailed = orderReaction('PaymentRefundFailed', (order) => ({
  state: withPayment(order, 'refund_failed'),
}))
