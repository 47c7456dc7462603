import { notifyWhenKnown } from './notify-customer.ts'
import { reaction } from './reaction.ts'

export const paymentRefundFailed = reaction('PaymentRefundFailed', (notificationLog, { data: { orderId } }) =>
  notifyWhenKnown(notificationLog, { orderId, occasion: 'refund_failed' }),
)
