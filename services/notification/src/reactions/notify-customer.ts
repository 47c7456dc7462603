import { draft, type Occasion, type Shop } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import {
  addOccasion,
  type NotificationLog,
  type NotificationRequest,
  type Recipient,
} from '../domain/notification-log.ts'
import type { DecisionFor } from './reaction.ts'

/** Each event that the service consumes may cause notifications. */
type Notifies = DecisionFor<Shop['services']['notification']['consumes'][number]>

/** Notifies the customer that the event contains. Sends notifications that waited for the customer, too. */
export const notifyCustomer = (
  notificationLog: NotificationLog,
  { orderId, customer, currency, total }: Recipient & { readonly orderId: string },
  occasion: Occasion,
): Notifies => notifyWhenKnown(notificationLog, { orderId, occasion, recipient: { customer, currency, total } })

/** Notifies the customer at once if the customer is known, otherwise as soon as an event contains the customer. */
export const notifyWhenKnown = (notificationLog: NotificationLog, request: NotificationRequest): Notifies => {
  const added = addOccasion(notificationLog, request)
  if (!added) return nothing
  return { state: added.state, tasks: added.due.map((notice) => draft('Notify', notice)) }
}
