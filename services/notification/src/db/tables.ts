/** The working set of the notification service's reactions: the addressees of orders, and their notifications. */
import type { Message } from '@quadrille/events'
import type { Statement } from '@quadrille/postgres'
import { RowSet, type StoredWorkingSet, type Tables } from '@quadrille/service'
import { keyOf, type Notification } from '../domain/notification.ts'
import type { Addressee, NotificationLog } from '../domain/notification-log.ts'
import { insertAddressees, lockAddressees, updateAddressees } from './addressee-table.ts'
import { findNotifications, insertNotifications, updateNotifications } from './notification-table.ts'

export const tables: Tables<NotificationLog> = {
  ownRows: [{ table: 'addressee', column: 'order_id' }],
  load: async (sql, { claimedSql }) => {
    const found = await Promise.all([lockAddressees(sql, claimedSql), findNotifications(sql, claimedSql)])
    return new NotificationLogSet(...found)
  },
}

/** Without arguments: an empty set, for reactions that run in memory. */
export class NotificationLogSet implements StoredWorkingSet<NotificationLog> {
  readonly addressees: RowSet<Addressee>
  readonly notifications: RowSet<Notification>
  readonly #byOrder: Map<string, readonly Notification[]>

  constructor(addressees: readonly Addressee[] = [], notifications: readonly Notification[] = []) {
    this.addressees = new RowSet(({ orderId }) => orderId, addressees)
    this.notifications = new RowSet(keyOf, notifications)
    this.#byOrder = Map.groupBy(notifications, ({ orderId }) => orderId)
  }

  of({ subject }: Message): NotificationLog {
    return { addressee: this.addressees.get(subject), notifications: this.#byOrder.get(subject) ?? [] }
  }

  put({ subject }: Message, { addressee, notifications }: NotificationLog): void {
    if (addressee) this.addressees.set(subject, addressee)
    this.#byOrder.set(subject, notifications)
    for (const notification of notifications) this.notifications.set(keyOf(notification), notification)
  }

  changes(): Statement[] {
    return [
      ...this.addressees.changes({ insert: insertAddressees, update: updateAddressees }),
      ...this.notifications.changes({ insert: insertNotifications, update: updateNotifications }),
    ]
  }
}
