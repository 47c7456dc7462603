import { nothing } from '@quadrille/service'
import { conclude } from '../../domain/notification.ts'
import { reaction } from '../reaction.ts'

/** The customer was told, and these books have lost it: not to be told again. One attempt at least was made. */
export const notificationSent = reaction('NotificationSent', ({ addressee, notifications }, { data }) => {
  const { orderId, channel, occasion } = data
  const concluded = conclude(notifications, { orderId, channel, occasion, status: 'sent', attempts: 1, kept: null })
  return concluded ? { state: { addressee, notifications: concluded } } : nothing
})
