import { z } from 'zod'
import { internal } from '../definition.ts'
import { channel, occasion, orderId } from '../primitives.ts'

export const NotificationDelivered = internal('NotificationDelivered', z.object({ orderId, channel, occasion, attempts: z.int().min(1), kept: z.object({ subject: z.string(), text: z.string() }).optional() }), {
  means: 'a channel took the notification',
  identity: ({ channel, occasion }) => `${channel}:${occasion}`,
})
