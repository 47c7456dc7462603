/**
 * Shipping: lists the fulfilled orders that are to be sent, and announces their parcels. No other service waits for it.
 */
import { shop } from '@quadrille/events'
import { defineService } from '@quadrille/service'
import { countShipments } from './count-shipments.ts'
import { findHandledEvents } from './db/find-handled-events.ts'
import { tables } from './db/tables.ts'
import { getShipment } from './http/get-shipment.ts'
import { listShipments } from './http/list-shipments.ts'
import { postDispatch } from './http/post-dispatch.ts'
import { watchOpenShipments } from './jobs/watch-open-shipments.ts'
import { dispatchRequested } from './reactions/dispatch-requested.ts'
import { orderFulfilled } from './reactions/order-fulfilled.ts'
import * as restore from './reactions/restore.ts'
import { statesFromEvents } from './states-from-events.ts'

export const shipping = defineService({
  language: shop,
  model: shop.services.shipping,
  migrations: new URL('../migrations/', import.meta.url),
  tables,
  statesFromEvents,
  // → the events and tasks that may follow, as the model in packages/events/src/choreography.ts says
  reactions: {
    // events of order
    OrderFulfilled: orderFulfilled,
    // requests by HTTP
    DispatchRequested: dispatchRequested, // → ShipmentDispatched
    // its own events, which reconciliation delivers after a restore
    ShipmentDispatched: restore.shipmentDispatched,
  },
  lingering: ['OrderFulfilled'], // it may wait to share a transaction: a parcel leaves minutes later at the earliest
  wire: (context) => {
    const { database, registry } = context
    context.afterCommit(countShipments(registry))
    return {
      findHandledEvents: findHandledEvents(database),
      routes: [listShipments(database), getShipment(database), postDispatch(context)],
      jobs: [watchOpenShipments(context)],
    }
  },
})
