/** Reactions to the events of notification. */
import { withNotification } from '../domain/order.ts'
import { orderReaction } from './reaction.ts'

const notificationSent = orderReaction('NotificationSent', (order, { data, time }) => ({
  state: withNotification(order, { channel: data.channel, occasion: data.occasion, status: 'sent', at: time }),
}))

const notificationFailed = orderReaction('NotificationFailed', (order, { data, time }) => ({
  state: withNotification(order, { channel: data.channel, occasion: data.occasion, status: 'failed', at: time }),
}))

export const notificationReactions = { NotificationSent: notificationSent, NotificationFailed: notificationFailed }
