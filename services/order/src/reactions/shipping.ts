/** The reaction to the event of shipping. */
import { orderReaction } from './reaction.ts'

/**
 * The parcel is stored beside the order, like the history. Of the order itself only `updatedAt` changes, so that it does not count as at
 * rest, nor its history as complete, until the notification about the parcel is there.
 */
export const shipmentDispatched = orderReaction('ShipmentDispatched', (order) => ({ state: { ...order } }))
