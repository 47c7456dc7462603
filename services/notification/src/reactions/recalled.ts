import { nothing } from '@quadrille/service'
import { conclude } from '../../domain/notification.ts'
import { reaction } from '../reaction.ts'

/** The customer could not be told, and these books have lost it: it is not tried again. One attempt at least was made. */
export const notificationFailed = reaction('NotificationFailed', ({ addressee, notifications }, { data }) => {
  const { orderId, channel, occasion, code = 'unknown' } = data
  const concluded = conclude(notifications, { orderId, channel, occasion, status: 'failed', attempts: 1, code })
  return concluded ? { state: { addressee, notifications: concluded } } : nothing
})
