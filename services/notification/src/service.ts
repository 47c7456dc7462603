/** Notification: tells customers how their orders fare, by every channel that is configured. No order ever waits for it. */
import { choreography } from '@quadrille/events'
import { defineService } from '@quadrille/service'
import { keptEmail } from './channels/kept-email.ts'
import { smtpEmail } from './channels/smtp-email.ts'
import { config } from './config.ts'
import { countNotifications } from './count-notifications.ts'
import { openBooks } from './db/books.ts'
import { tables } from './db/tables.ts'
import { getNotifications } from './http/list-notifications.ts'
import { notificationDelivered } from './reactions/notification-delivered.ts'
import { notificationUndeliverable } from './reactions/notification-undeliverable.ts'
import { orderCancelled } from './reactions/order-cancelled.ts'
import { orderFulfilled } from './reactions/order-fulfilled.ts'
import { orderPlaced } from './reactions/order-placed.ts'
import { paymentRefundFailed } from './reactions/payment-refund-failed.ts'
import { paymentRefunded } from './reactions/payment-refunded.ts'
import { notificationFailed } from './reactions/recalled/notification-failed.ts'
import { notificationSent } from './reactions/recalled/notification-sent.ts'
import { claimFor, notify } from './tasks/notify.ts'
import { skip } from './tasks/skip.ts'

export const notification = defineService({
  model: choreography.notification,
  config,
  migrations: { directory: new URL('../migrations/', import.meta.url), table: 'notification_migration' },
  tables,
  reactions: [
    orderPlaced,
    orderFulfilled,
    orderCancelled,
    paymentRefunded,
    paymentRefundFailed,
    notificationDelivered,
    notificationUndeliverable,
    notificationSent,
    notificationFailed,
  ],
  count: countNotifications,
  wire: ({ config: { SMTP_URL, SMTP_TLS, SMTP_CONNECTIONS, MAIL_FROM, NOTIFY_ATTEMPTS }, database, log }) => {
    const email = SMTP_URL
      ? smtpEmail({ url: SMTP_URL, tls: SMTP_TLS, from: MAIL_FROM, maxConnections: SMTP_CONNECTIONS })
      : keptEmail
    const books = openBooks(database, { claimMs: claimFor(email) })
    const onExhausted = (err: unknown, about: object) => log.warn({ err, ...about }, 'a customer stays untold')
    return {
      work: {
        'notification.email': [notify(email, { books, maxAttempts: NOTIFY_ATTEMPTS, onExhausted })],
        'notification.webhook': [skip],
        'notification.web': [skip],
      },
      routes: [getNotifications(database)],
    }
  },
})
