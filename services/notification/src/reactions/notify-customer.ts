import { draft, type Occasion } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { ask, type NotificationLog, type Recipient, type Request } from '../domain/notification-log.ts'
import type { Decision } from './reaction.ts'

/** Notifies the customer, whom the event names. Notifications that waited for the name are sent too. */
export const notifyCustomer = (
  notificationLog: NotificationLog,
  { orderId, customer, currency, total }: Recipient & { readonly orderId: string },
  occasion: Occasion,
): Decision<NotificationLog> => decide(notificationLog, { orderId, occasion, recipient: { customer, currency, total } })

/** Notifies the customer at once if the customer is known, or as soon as an event names the customer. */
export const notifyWhenKnown = (
  notificationLog: NotificationLog,
  { orderId }: { readonly orderId: string },
  occasion: Occasion,
): Decision<NotificationLog> => decide(notificationLog, { orderId, occasion })

const decide = (notificationLog: NotificationLog, request: Request): Decision<NotificationLog> => {
  const asked = ask(notificationLog, request)
  if (!asked) return nothing
  return { state: asked.state, tasks: asked.due.map((notice) => draft('Notify', notice)) }
}
