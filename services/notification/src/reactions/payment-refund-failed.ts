import { notifyWhenKnown } from './notify-customer.ts'
import { reaction } from './reaction.ts'

export const paymentRefundFailed = reaction('PaymentRefundFailed', (notificationLog, { data }) =>
  notifyWhenKnown(notificationLog, data, 'refund_failed'),
)
