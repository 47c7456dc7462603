import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { conclude } from '../domain/notification.ts'
import { reaction } from './reaction.ts'

export const notificationDelivered = reaction('NotificationDelivered', ({ addressee, notifications }, { data }) => {
  const { orderId, channel, occasion, attempts, kept = null } = data
  const concluded = conclude(notifications, { orderId, channel, occasion, status: 'sent', attempts, kept })
  if (!concluded) return nothing
  return {
    state: { addressee, notifications: concluded },
    events: [draft('NotificationSent', { orderId, channel, occasion })],
  }
})
