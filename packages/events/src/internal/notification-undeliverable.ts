import { contentHash, internal } from '@quadrille/messages'
import { z } from 'zod'
import { channel, code, occasion, orderId } from '../primitives.ts'

export const NotificationUndeliverable = internal(
  'NotificationUndeliverable',
  z.object({ orderId, channel, occasion, attempts: z.int().min(1), code }),
  {
    summary: 'a channel refused the notification permanently, or it failed too often',
    // Two workers with the same task may report different results. The first one counts. The second has another id, so it
    // is not taken for a duplicate.
    identity: contentHash,
  },
)
