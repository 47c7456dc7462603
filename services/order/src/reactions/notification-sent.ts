import { withNotification } from '../domain/order.ts'
import { orderReaction } from './reaction.ts'

export const notificationSent = orderReaction('NotificationSent', (order, { data, time }) => ({
  state: withNotification(order, { channel: data.channel, occasion: data.occasion, status: 'sent', at: time }),
}))
