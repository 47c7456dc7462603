import { withPayment } from '../domain/order.ts'
import { orderReaction } from './reaction.ts'

export const paymentVoided = orderReaction('PaymentVoided', (order) => ({ state: withPayment(order, 'voided') }))
