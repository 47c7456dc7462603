/** Counts notifications by channel and result. */
import type { Message } from '@quadrille/events'
import type { OnCommitted } from '@quadrille/service'
import { Counter, type Registry } from 'prom-client'
import { overtaken } from './domain/notification.ts'
import { activeChannels, type NotificationLog } from './domain/notification-log.ts'

const statuses = ['sent', 'failed', overtaken] as const

export const countNotifications = (registry: Registry): OnCommitted<NotificationLog, Message> => {
  const notifications = new Counter({
    name: 'quadrille_notifications_total',
    help: 'Notifications that have a result, by channel and result: sent, failed or overtaken by a later one',
    labelNames: ['channel', 'status'],
    registers: [registry],
  })
  for (const channel of activeChannels) for (const status of statuses) notifications.inc({ channel, status }, 0) // so that rate() sees the first notification
  return (steps) => {
    for (const { type, data } of steps.flatMap(({ events }) => events)) {
      if (type === 'NotificationSent') notifications.inc({ channel: data.channel, status: 'sent' })
      if (type === 'NotificationFailed')
        notifications.inc({ channel: data.channel, status: data.code === overtaken ? overtaken : 'failed' })
    }
  }
}
