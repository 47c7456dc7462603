/** Notification: emails customers about the progress of their orders. No order waits for it. */
import { onceASecond } from '@quadrille/async'
import { shop } from '@quadrille/events'
import { defineService } from '@quadrille/service'
import { openEmail } from './channels/open-email.ts'
import { config } from './config.ts'
import { countNotifications } from './count-notifications.ts'
import { openNotificationStore } from './db/notification-store.ts'
import { tables } from './db/tables.ts'
import { listNotifications } from './http/list-notifications.ts'
import { notificationDelivered } from './reactions/notification-delivered.ts'
import { notificationUndeliverable } from './reactions/notification-undeliverable.ts'
import {
  orderCancelled,
  orderFulfilled,
  orderPlaced,
  paymentRefunded,
  paymentRefundFailed,
  shipmentDispatched,
} from './reactions/occasions.ts'
import * as restore from './reactions/restore.ts'
import { statesFromEvents } from './states.ts'
import { leaseMsFor, notify } from './tasks/notify.ts'

export const notification = defineService({
  language: shop,
  model: shop.services.notification,
  config,
  migrations: new URL('../migrations/', import.meta.url),
  workQueues: () => ['notification.email'], // the other channels of the model have no adapter
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
    const { database, log } = context
    const { NOTIFY_ATTEMPTS, EMAIL_RATE } = context.config
    const email = openEmail(context.config)
    const notifyByEmail = notify(email, {
      store: openNotificationStore(database, { leaseMs: leaseMsFor(email) }),
      maxAttempts: NOTIFY_ATTEMPTS,
      onExhausted: (err, key) => log.warn({ err, ...key }, 'the notification failed at its last attempt'),
      onNotReleased: onceASecond((err, key) =>
        log.warn({ err, ...key }, 'a lease cannot be released; it delays the next attempt'),
      ),
    })
    return {
      work: {
        'notification.email': {
          tasks: {
            Notify: notifyByEmail, // → NotificationDelivered, NotificationUndeliverable
          },
          rate: EMAIL_RATE,
        },
      },
      routes: [listNotifications(database)],
      // No `findHandledEvents`: no order waits for a notification, so the inbox is enough.
    }
  },
})
