/** Notification: emails customers about the progress of their orders. No order waits for it. */
import { type choreography, shop } from '@quadrille/events'
import { defineService } from '@quadrille/service'
import { type OpenChannel, openChannels } from './channels/open-channels.ts'
import { config } from './config.ts'
import { countNotifications } from './count-notifications.ts'
import { findOpenTasks } from './db/find-open-tasks.ts'
import { tables } from './db/tables.ts'
import { type ActiveChannel, activeChannels } from './domain/notification-log.ts'
import { listNotifications } from './http/list-notifications.ts'
import { openNotify } from './open-notify.ts'
import {
  orderCancelled,
  orderFulfilled,
  orderPlaced,
  paymentRefunded,
  paymentRefundFailed,
  shipmentDispatched,
} from './reactions/occasions.ts'
import * as restore from './reactions/restore.ts'
import { notificationDelivered, notificationUndeliverable } from './reactions/results.ts'
import { statesFromEvents } from './states-from-events.ts'

type Queue = (typeof choreography.notification.work.queues)[number]

/** Each channel has a queue in the model. */
const queueOf = (channel: ActiveChannel): Queue => `notification.${channel}`

export const notification = defineService({
  language: shop,
  model: shop.services.notification,
  config,
  migrations: new URL('../migrations/', import.meta.url),
  workQueues: () => activeChannels.map(queueOf),
  tables,
  statesFromEvents,
  // → the events and tasks that may follow, as the model in packages/events/src/choreography.ts says
  reactions: {
    // events of order, payment and shipping
    OrderPlaced: orderPlaced, // → Notify
    OrderFulfilled: orderFulfilled, // → Notify
    OrderCancelled: orderCancelled, // → Notify
    PaymentRefunded: paymentRefunded, // → Notify
    PaymentRefundFailed: paymentRefundFailed, // → Notify
    ShipmentDispatched: shipmentDispatched, // → Notify
    // outcomes of its tasks
    NotificationDelivered: notificationDelivered, // → NotificationSent
    NotificationUndeliverable: notificationUndeliverable, // → NotificationFailed
    // its own events, which reconciliation delivers after a restore
    NotificationSent: restore.notificationSent,
    NotificationFailed: restore.notificationFailed,
  },
  // These events may wait to share a transaction, because no order waits for a notification.
  lingering: shop.services.notification.consumes,
  wire: (context) => {
    context.afterCommit(countNotifications(context.registry))
    const channels = openChannels(context)
    const notifyBy = openNotify(context)
    const workOf = ({ adapter, rate }: OpenChannel) => ({
      tasks: {
        Notify: notifyBy(adapter), // → NotificationDelivered, NotificationUndeliverable
      },
      rate,
      concurrency: adapter.concurrency, // further tasks would wait here, where no other instance can perform them
    })
    return {
      work: Object.fromEntries(activeChannels.map((name) => [queueOf(name), workOf(channels[name])])),
      routes: [listNotifications(context.database)],
      findOpenTasks: findOpenTasks(context.database),
      // No `findHandledEvents`: no order waits for a notification, so the inbox is enough.
    }
  },
})
