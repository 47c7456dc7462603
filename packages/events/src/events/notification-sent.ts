import { event } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import { channel, code, occasion, orderId } from '../primitives.ts'

export const NotificationSent = event(
  'NotificationSent',
  z.object({ orderId, channel, occasion, code: code.optional() }),
  {
    summary: 'the customer was notified of this occasion through this channel',
    example: { orderId: orderExample.orderId, channel: 'email', occasion: 'order_placed' },
    identity: ({ channel, occasion }) => `${channel}:${occasion}`,
  },
)
