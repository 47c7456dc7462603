/**
 * Notification: notifies customers of the progress of their orders, through each configured channel. No order waits for
 * it.
 */
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
import { occasionReactions } from './reactions/occasions.ts'
import { restoreReactions } from './reactions/restore.ts'
import { states } from './states.ts'
import { claimMsFor, notify } from './tasks/notify.ts'

export const notification = defineService({
  language: shop,
  model: shop.services.notification,
  config,
  migrations: { directory: new URL('../migrations/', import.meta.url), table: 'notification_migration' },
  tables,
  states, // for POST /states
  workQueues: () => ['notification.email'], // the only channel so far, with and without a mail server
  reactions: {
    ...occasionReactions,
    NotificationDelivered: notificationDelivered,
    NotificationUndeliverable: notificationUndeliverable,
    ...restoreReactions, // its own events, which reconciliation delivers after a restore
  },
  // They may wait to share a transaction, because no order waits for a notification.
  lingering: shop.services.notification.consumes,
  count: countNotifications, // for metrics
  wire: (context) => {
    const { database, log } = context
    const { NOTIFY_ATTEMPTS, EMAIL_RATE } = context.config
    const email = openEmail(context.config)
    const store = openNotificationStore(database, { claimMs: claimMsFor(email) })
    const onExhausted = (err: unknown, key: object) =>
      log.warn({ err, ...key }, 'the notification failed at its last attempt')
    const options = { store, maxAttempts: NOTIFY_ATTEMPTS, onExhausted }
    return {
      work: { 'notification.email': { tasks: { Notify: notify(email, options) }, rate: EMAIL_RATE } },
      routes: [listNotifications(database)],
    }
  },
})
