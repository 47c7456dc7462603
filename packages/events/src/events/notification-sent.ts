import { z } from 'zod'
import { event } from '../definition.ts'
import { channel, code, occasion, orderId } from '../primitives.ts'

export const NotificationSent = event(
  'NotificationSent',
  z.object({ orderId, channel, occasion, code: code.optional() }),
  {
    means: 'the customer was told, by this channel on this occasion',
    identity: ({ channel, occasion }) => `${channel}:${occasion}`,
  },
)
