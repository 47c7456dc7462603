/**
 * The reaction to shipping's own event, for a database that was restored from an older backup and lacks the parcel. It records
 * the parcel and publishes nothing. The event does not contain the idempotency key.
 */
import { nothing } from '@quadrille/service'
import { addParcel } from '../domain/shipment.ts'
import { reaction } from './reaction.ts'

export const shipmentDispatched = reaction('ShipmentDispatched', ({ shipment, parcelWithSameKey }, { id, data }) => {
  const known = shipment ?? { orderId: data.orderId, parcels: [] }
  if (known.parcels.some(({ at }) => at === data.at)) return nothing
  return { state: { shipment: addParcel(known, { ...data, id, idempotencyKey: null }), parcelWithSameKey } }
})
