import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { addParcel, maxParcels, nextTime } from '../domain/shipment.ts'
import { reaction } from './reaction.ts'

/** Dispatches a parcel, unless the request or its key was handled before, or the order can't have another parcel. */
export const dispatchRequested = reaction('DispatchRequested', ({ shipment, parcelWithSameKey }, { data }, now) => {
  const { parcelId: id, orderId, carrier, trackingCode, idempotencyKey = null } = data
  if (!shipment || parcelWithSameKey || shipment.parcels.some((known) => known.id === id)) return nothing
  if (shipment.parcels.length >= maxParcels) return nothing
  const parcel = { id, orderId, carrier, trackingCode, at: nextTime(shipment, now), idempotencyKey }
  return {
    state: { shipment: addParcel(shipment, parcel), parcelWithSameKey },
    events: [draft('ShipmentDispatched', { orderId, carrier, trackingCode, at: parcel.at })],
  }
})
