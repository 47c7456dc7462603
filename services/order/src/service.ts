/**
 * The order service: accepts orders, consumes the events of the other services about them, and ends each order exactly
 * once.
 */
import { shop } from '@quadrille/events'
import { defineService } from '@quadrille/service'
import { config } from './config.ts'
import { countOrders } from './count-orders.ts'
import { tables } from './db/tables.ts'
import { cancelOrder } from './http/cancel-order.ts'
import { checkLines } from './http/check-lines.ts'
import { followEvents } from './http/follow-events.ts'
import { getAvailability } from './http/get-availability.ts'
import { getDiagnosis } from './http/get-diagnosis.ts'
import { getOrder } from './http/get-order.ts'
import { listEvents } from './http/list-events.ts'
import { listOrders } from './http/list-orders.ts'
import { postOrder } from './http/post-order.ts'
import { createExpiry } from './jobs/expiry.ts'
import { retention } from './jobs/retention.ts'
import { watchOpenOrders } from './jobs/watch-open-orders.ts'
import { createOrderLimit } from './order-limit.ts'
import { inventoryRejected, inventoryReleased, inventoryReserved } from './reactions/inventory.ts'
import { notificationFailed, notificationSent } from './reactions/notification.ts'
import {
  paymentDeclined,
  paymentProcessed,
  paymentRefunded,
  paymentRefundFailed,
  paymentVoided,
} from './reactions/payment.ts'
import { cancellationRequested, orderSubmitted } from './reactions/requests.ts'
import { shipmentDispatched } from './reactions/shipping.ts'
import { statesFromEvents } from './states-from-events.ts'
import { createStockQuestions } from './stock-questions.ts'
import { adoptRestoredEvents } from './streams/adopt-restored-events.ts'
import { openStreams } from './streams/open-streams.ts'

export const order = defineService({
  language: shop,
  model: shop.services.order,
  config,
  migrations: new URL('../migrations/', import.meta.url),
  readyWithoutBroker: true, // accepting an order needs Postgres only
  tables,
  statesFromEvents,
  // → the events and tasks that may follow, as the model in packages/events/src/choreography.ts says
  // Not its own events: after a restore, no other database could deliver them (docs/restore-the-order-database.md).
  reactions: {
    // requests, by HTTP or from the job that expires orders
    OrderSubmitted: orderSubmitted, // → OrderPlaced
    CancellationRequested: cancellationRequested, // → OrderCancelled
    // events of payment
    PaymentProcessed: paymentProcessed,
    PaymentDeclined: paymentDeclined, // → OrderCancelled
    PaymentVoided: paymentVoided,
    PaymentRefunded: paymentRefunded,
    PaymentRefundFailed: paymentRefundFailed,
    // events of inventory
    InventoryReserved: inventoryReserved, // → OrderFulfilled
    InventoryRejected: inventoryRejected, // → OrderCancelled
    InventoryReleased: inventoryReleased,
    // events of notification and shipping
    NotificationSent: notificationSent,
    NotificationFailed: notificationFailed,
    ShipmentDispatched: shipmentDispatched,
  },
  // These events may wait to share a transaction, because they neither end an order nor let another service go on.
  lingering: ['PaymentProcessed', 'NotificationSent', 'NotificationFailed', 'ShipmentDispatched'],
  wire: (context) => {
    context.afterCommit(countOrders(context.registry))
    const limit = createOrderLimit(context) // rejects orders at ORDERS_OPEN_MAX
    const openOrders = watchOpenOrders(context, limit) // counts open orders, and determines when one is stuck
    const expiry = createExpiry(context)
    const stockQuestions = createStockQuestions(context)
    const streams = openStreams(context)
    return {
      // No `findHandledEvents`: the history of an order has each event that was handled.
      prepare: async (signal) => {
        await adoptRestoredEvents(context.database, signal) // if the database was restored from a backup
        await openOrders.countFirst(signal)
      },
      routes: [
        postOrder(context, limit, checkLines(context, stockQuestions)),
        listOrders(context, openOrders),
        followEvents(streams), // before the route of an order, whose path would match too
        getOrder(context.database),
        getDiagnosis(context),
        cancelOrder(context),
        listEvents(streams),
        getAvailability(stockQuestions),
      ],
      jobs: [...openOrders.jobs, expiry.job, ...retention(context)],
      readiness: () => ({ expiryPaused: expiry.paused() }),
    }
  },
})
