import { nothing } from '@quadrille/service'
import { orderReaction } from './reaction.ts'

/** The parcel is stored beside the order, like the history. It does not change the order, which has ended. */
export const shipmentDispatched = orderReaction('ShipmentDispatched', () => nothing)
