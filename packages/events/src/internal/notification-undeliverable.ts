import { contentHash, internal } from '@quadrille/messages'
import { z } from 'zod'
import { channel, code, occasion, orderId } from '../primitives.ts'

export const NotificationUndeliverable = internal(
  'NotificationUndeliverable',
  z.object({ orderId, channel, occasion, attempts: z.int().min(1), code }),
  {
    summary: 'a channel refused the notification permanently, or it failed too often',
    // Two workers with the same task may report different results. The first one counts, and the second is not a
    // repetition of it.
    identity: contentHash,
  },
)
