import { batching, type Database } from '@quadrille/postgres'
import { sameNotification } from '../domain/notification.ts'
import type { Books } from '../tasks/notify.ts'
import { findNotifications } from './notification-table.ts'

/** The books in Postgres: whoever asks while a statement runs shares the next one. */
export const openBooks = (database: Database): Books => ({
  awaits: batching(async (asked) => {
    const known = await findNotifications(
      database,
      asked.map(({ orderId }) => orderId),
    )
    const pending = Map.groupBy(
      known.filter(({ status }) => status === 'pending'),
      ({ orderId }) => orderId,
    )
    return asked.map((about) => pending.get(about.orderId)?.some((each) => sameNotification(each, about)) ?? false)
  }),
})
