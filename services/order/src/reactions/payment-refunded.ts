import { withPayment } from '../domain/order.ts'
import { orderReaction } from './reaction.ts'

export const paymentRefunded = orderReaction('PaymentRefunded', (order) => ({ state: withPayment(order, 'refunded') }))
