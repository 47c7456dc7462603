import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

export const orderFulfilled = reaction('OrderFulfilled', ({ shipment, sameKey }, { data: { orderId } }) =>
  shipment ? nothing : { state: { shipment: { orderId, parcels: [] }, sameKey } },
)
