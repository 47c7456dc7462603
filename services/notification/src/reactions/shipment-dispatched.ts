import { occasionOfParcel } from '@quadrille/events'
import { notifyWhenKnown } from './notify-customer.ts'
import { reaction } from './reaction.ts'

/** Each parcel has a notification of its own. */
export const shipmentDispatched = reaction('ShipmentDispatched', (notificationLog, { data }) => {
  const { orderId, carrier, trackingCode } = data
  const occasion = occasionOfParcel(data)
  return notifyWhenKnown(notificationLog, { orderId, occasion, parcel: { occasion, carrier, trackingCode } })
})
