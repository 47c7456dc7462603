/**
 * The notifications of an order, from its events. A result is known by notification's own event. A pending notification may be missing
 * in reality: one that another has replaced, because its event arrived later, is never sent.
 */
import type { Message } from '@quadrille/events'
import type { StatesFromEvents } from '@quadrille/service'
import { NotificationLogSet } from './db/tables.ts'
import type { NotificationLog } from './domain/notification-log.ts'

export const statesFromEvents: StatesFromEvents<NotificationLog, Message> = {
  start: () => new NotificationLogSet(),
  shown: ({ addressee, notifications }) =>
    addressee || notifications.length > 0
      ? { notifications: notifications.map(({ channel, occasion, status }) => ({ channel, occasion, status })) }
      : null,
}
