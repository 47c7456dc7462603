/** Reactions to the events of notification. */
import { withNotification } from '../domain/order.ts'
import { orderReaction } from './reaction.ts'

export const notificationSent = orderReaction('NotificationSent', (order, { data, time }) => ({
  state: withNotification(order, { channel: data.channel, occasion: data.occasion, status: 'sent', at: time }),
}))

export const notificationFailed = orderReaction('NotificationFailed', (order, { data, time }) => ({
  state: withNotification(order, { channel: data.channel, occasion: data.occasion, status: 'failed', at: time }),
}))
