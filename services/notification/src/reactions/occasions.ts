/** Reactions to events of which the customer is notified. */
import { occasionOfParcel } from '@quadrille/events'
import { notifyCustomer, notifyWhenKnown } from './notify-customer.ts'
import { reaction } from './reaction.ts'

/**
 * Confirms the receipt of an order, unless another event of the order arrived first: its notification replaces this
 * one.
 */
export const orderPlaced = reaction('OrderPlaced', (notificationLog, { data }) =>
  notifyCustomer(notificationLog, data, 'order_placed'),
)

export const orderFulfilled = reaction('OrderFulfilled', (notificationLog, { data }) =>
  notifyCustomer(notificationLog, data, 'order_fulfilled'),
)

export const orderCancelled = reaction('OrderCancelled', (notificationLog, { data }) =>
  notifyCustomer(notificationLog, data, 'order_cancelled'),
)

/** If the order cost nothing, the cancellation is the only notification. */
export const paymentRefunded = reaction('PaymentRefunded', (notificationLog, { data: { orderId } }) =>
  notifyWhenKnown(notificationLog, { orderId, occasion: 'payment_refunded' }),
)

export const paymentRefundFailed = reaction('PaymentRefundFailed', (notificationLog, { data: { orderId } }) =>
  notifyWhenKnown(notificationLog, { orderId, occasion: 'refund_failed' }),
)

/** Each parcel has a notification of its own. */
export const shipmentDispatched = reaction('ShipmentDispatched', (notificationLog, { data }) => {
  const { orderId, carrier, trackingCode } = data
  const occasion = occasionOfParcel(data)
  return notifyWhenKnown(notificationLog, { orderId, occasion, parcel: { occasion, carrier, trackingCode } })
})
