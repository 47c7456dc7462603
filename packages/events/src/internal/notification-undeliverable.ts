import { contentHash, internal } from '@quadrille/messages'
import { z } from 'zod'
import { channel, code, occasion, orderId } from '../primitives.ts'

export const NotificationUndeliverable = internal(
  'NotificationUndeliverable',
  z.object({ orderId, channel, occasion, attempts: z.int().min(1), code }),
  {
    means: 'a channel refused the notification for good, or too often',
    // Two workers that had the same task may tell it differently. The first counts, and the other is not its repetition.
    identity: contentHash,
  },
)
