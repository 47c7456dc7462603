import { z } from 'zod'
import { internal } from '../definition.ts'
import { channel, code, occasion, orderId } from '../primitives.ts'

export const NotificationUndeliverable = internal(
  'NotificationUndeliverable',
  z.object({ orderId, channel, occasion, attempts: z.int().min(1), code }),
  {
    means: 'a channel refused the notification for good, or too often',
    identity: ({ channel, occasion }) => `${channel}:${occasion}`,
  },
)
