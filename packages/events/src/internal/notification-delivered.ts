import { contentHash, internal, prose, text } from '@quadrille/messages'
import { z } from 'zod'
import { channel, occasion, orderId } from '../primitives.ts'

/** The notification itself, where no transport is configured and it is shown by HTTP instead. */
const kept = z.object({ subject: text(1_000), text: prose(100_000) })

export const NotificationDelivered = internal(
  'NotificationDelivered',
  z.object({ orderId, channel, occasion, attempts: z.int().min(1), kept: kept.optional() }),
  {
    means: 'a channel took the notification',
    // Two workers that had the same task may tell it differently. The first counts, and the other is not its repetition.
    identity: contentHash,
  },
)
