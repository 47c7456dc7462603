/**
 * Reactions to notification's own events, for a database that was restored from an older backup and lacks the changes that
 * they report. Each restores the state, so that the customer isn't notified again. The events do not contain the number of
 * attempts, so 1 is stored.
 */
import { nothing } from '@quadrille/service'
import { conclude } from '../domain/notification.ts'
import { reaction } from './reaction.ts'

export const notificationSent = reaction('NotificationSent', ({ addressee, notifications }, { data }) => {
  const { orderId, channel, occasion } = data
  const concluded = conclude(notifications, { orderId, channel, occasion, status: 'sent', attempts: 1, kept: null })
  return concluded ? { state: { addressee, notifications: concluded } } : nothing
})

export const notificationFailed = reaction('NotificationFailed', ({ addressee, notifications }, { data }) => {
  const { orderId, channel, occasion, code = 'unknown' } = data
  const concluded = conclude(notifications, { orderId, channel, occasion, status: 'failed', attempts: 1, code })
  return concluded ? { state: { addressee, notifications: concluded } } : nothing
})
