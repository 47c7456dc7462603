import type { Sql } from '@quadrille/postgres'
import type { OpenTask } from '@quadrille/service'
import { activeChannels } from '../domain/notification-log.ts'
import { findWaiting } from './notification-table.ts'

/** Finds the notifications of these orders that have no result yet. */
export const findOpenTasks =
  (sql: Sql) =>
  async (orderIds: readonly string[]): Promise<OpenTask[]> => {
    const waiting = await findWaiting(sql, orderIds, activeChannels)
    return waiting.map(({ orderId, channel, occasion, at }) => ({
      subject: orderId,
      type: 'Notify',
      identity: occasion,
      queue: `notification.${channel}`,
      attempts: null,
      since: at,
    }))
  }
