/** A shipment: the parcels of one fulfilled order. */

export interface Parcel {
  readonly id: string
  readonly orderId: string
  readonly carrier: string
  readonly trackingCode: string
  /** When it was dispatched, RFC 3339 in UTC. The parcels of a shipment have different times. */
  readonly at: string
  /** The key of the request. Null without one. */
  readonly idempotencyKey: string | null
}

export interface Shipment {
  readonly orderId: string
  /** In the order of dispatch. */
  readonly parcels: readonly Parcel[]
}

/** The state that a reaction works on. */
export interface ShippingState {
  /** Undefined unless the order is fulfilled. */
  readonly shipment: Shipment | undefined
  /** The parcel that was dispatched under the message's idempotency key, possibly of another order. */
  readonly parcelWithSameKey: Parcel | undefined
}

/** The most parcels of one order. */
export const maxParcels = 100

export type ShipmentStatus = 'open' | 'dispatched'

export const statusOf = ({ parcels }: { readonly parcels: readonly unknown[] }): ShipmentStatus =>
  parcels.length === 0 ? 'open' : 'dispatched'

/** The time of the next parcel: now, or just after the last one. It distinguishes the parcels of a shipment. */
export const nextTime = ({ parcels }: Shipment, now: Date): string => {
  const last = parcels.at(-1)
  return new Date(Math.max(now.getTime(), last ? Date.parse(last.at) + 1 : 0)).toISOString()
}

/** Adds a parcel in the order of dispatch. */
export const addParcel = ({ orderId, parcels }: Shipment, added: Parcel): Shipment => ({
  orderId,
  parcels: [...parcels, added].sort((one, other) => (one.at < other.at ? -1 : 1)),
})
