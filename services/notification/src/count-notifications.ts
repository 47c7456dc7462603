/** Counts notifications when they have a result: by which channel, and whether the customer was told. */
import type { Message } from '@quadrille/events'
import type { OnCommitted } from '@quadrille/service'
import { Counter, type Registry } from 'prom-client'
import { type Correspondence, expected } from './domain/correspondence.ts'

const statuses = ['sent', 'failed'] as const

export const countNotifications = (registry: Registry): OnCommitted<Correspondence, Message> => {
  const notifications = new Counter({
    name: 'quadrille_notifications_total',
    help: 'Notifications that have a result, by their channel and that result',
    labelNames: ['channel', 'status'],
    registers: [registry],
  })
  for (const channel of expected) for (const status of statuses) notifications.inc({ channel, status }, 0) // so that the first one shows as a rise
  return (steps) => {
    for (const { type, data } of steps.flatMap(({ events }) => events)) {
      if (type === 'NotificationSent') notifications.inc({ channel: data.channel, status: 'sent' })
      if (type === 'NotificationFailed') notifications.inc({ channel: data.channel, status: 'failed' })
    }
  }
}
