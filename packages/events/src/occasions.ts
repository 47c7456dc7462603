/** The occasions of notifications: of the order as a whole, and of each of its parcels. */
import { type Occasion, type OrderOccasion, orderOccasion, type ParcelOccasion } from './primitives.ts'

const ofOrder: readonly Occasion[] = orderOccasion.options

export const isOrderOccasion = (occasion: Occasion): occasion is OrderOccasion => ofOrder.includes(occasion)

/** The occasion of a parcel that was dispatched at this time. */
export const occasionOfParcel = ({ at }: { readonly at: string }): ParcelOccasion => `shipment_dispatched:${at}`

/** The data for a consumer that does not know the occasions of parcels. Undefined if it is about one. */
export const withoutParcels = <Data extends { readonly occasion: Occasion }>(
  data: Data,
): (Data & { readonly occasion: OrderOccasion }) | undefined => {
  const { occasion } = data
  return isOrderOccasion(occasion) ? { ...data, occasion } : undefined
}
