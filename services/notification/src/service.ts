/** Notification: emails customers about the progress of their orders. No order waits for it. */
import { onceASecond } from '@quadrille/async'
import { type choreography, shop } from '@quadrille/events'
import { defineService } from '@quadrille/service'
import type { Channel } from './channels/channel.ts'
import { openEmail } from './channels/open-email.ts'
import { config } from './config.ts'
import { countNotifications } from './count-notifications.ts'
import { openNotificationStore } from './db/notification-store.ts'
import { tables } from './db/tables.ts'
import { type ActiveChannel, activeChannels } from './domain/notification-log.ts'
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
    const { database, log } = context
    const { NOTIFY_ATTEMPTS, EMAIL_RATE } = context.config
    const channels: Readonly<Record<ActiveChannel, { adapter: Channel; rate: number | undefined }>> = {
      email: { adapter: openEmail(context.config), rate: EMAIL_RATE },
    }
    const notifyBy = (adapter: Channel) =>
      notify(adapter, {
        store: openNotificationStore(database, { leaseMs: leaseMsFor(adapter) }),
        maxAttempts: NOTIFY_ATTEMPTS,
        onExhausted: (err, key) => log.warn({ err, ...key }, 'the notification failed at its last attempt'),
        onNotReleased: onceASecond((err, key) =>
          log.warn({ err, ...key }, 'a lease cannot be released; it delays the next attempt'),
        ),
      })
    const workOf = ({ adapter, rate }: (typeof channels)[ActiveChannel]) => ({
      tasks: {
        Notify: notifyBy(adapter), // → NotificationDelivered, NotificationUndeliverable
      },
      rate,
    })
    return {
      work: Object.fromEntries(activeChannels.map((name) => [queueOf(name), workOf(channels[name])])),
      routes: [listNotifications(database)],
      // No `findHandledEvents`: no order waits for a notification, so the inbox is enough.
    }
  },
})
