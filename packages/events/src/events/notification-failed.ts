import { event } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import { channel, code, occasion, orderId } from '../primitives.ts'

export const NotificationFailed = event(
  'NotificationFailed',
  z.object({ orderId, channel, occasion, code: code.optional() }),
  {
    summary: 'a notification to the customer failed; the order does not wait for it',
    example: { orderId: orderExample.orderId, channel: 'email', occasion: 'order_placed', code: 'mailbox_unavailable' },
    identity: ({ channel, occasion }) => `${channel}:${occasion}`,
  },
)
