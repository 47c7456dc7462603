/** The shipment of an order, from its events. The event of a parcel does not contain the idempotency key. */
import type { Message } from '@quadrille/events'
import type { StatesFromEvents } from '@quadrille/service'
import { ShippingSet } from './db/tables.ts'
import type { ShippingState } from './domain/shipment.ts'

export const statesFromEvents: StatesFromEvents<ShippingState, Message> = {
  start: () => new ShippingSet(),
  shown: ({ shipment }) =>
    shipment
      ? {
          orderId: shipment.orderId,
          parcels: shipment.parcels.map(({ carrier, trackingCode, at }) => ({ carrier, trackingCode, at })),
        }
      : null,
}
