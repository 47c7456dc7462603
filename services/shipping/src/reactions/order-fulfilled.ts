import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

export const orderFulfilled = reaction('OrderFulfilled', ({ shipment, parcelWithSameKey }, { data: { orderId } }) =>
  shipment ? nothing : { state: { shipment: { orderId, parcels: [] }, parcelWithSameKey } },
)
