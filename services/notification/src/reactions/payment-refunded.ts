import { notifyWhenKnown } from './notify-customer.ts'
import { reaction } from './reaction.ts'

/** If the order cost nothing, the cancellation is the only notification. */
export const paymentRefunded = reaction('PaymentRefunded', (notificationLog, { data: { orderId } }) =>
  notifyWhenKnown(notificationLog, { orderId, occasion: 'payment_refunded' }),
)
