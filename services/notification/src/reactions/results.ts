/** Reactions to the results of sending a notification. The first one is final. */
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

export const notificationUndeliverable = reaction(
  'NotificationUndeliverable',
  ({ addressee, notifications }, { data: { orderId, channel, occasion, attempts, code } }) => {
    const concluded = conclude(notifications, { orderId, channel, occasion, status: 'failed', attempts, code })
    if (!concluded) return nothing
    return {
      state: { addressee, notifications: concluded },
      events: [draft('NotificationFailed', { orderId, channel, occasion, code })],
    }
  },
)
