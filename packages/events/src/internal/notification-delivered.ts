import { contentHash, internal, prose, text } from '@quadrille/messages'
import { z } from 'zod'
import { channel, occasion, orderId } from '../primitives.ts'

/** The text of the notification, if no transport is configured. The service then shows it over HTTP. */
const kept = z.object({ subject: text(1_000), text: prose(100_000) })

export const NotificationDelivered = internal(
  'NotificationDelivered',
  z.object({ orderId, channel, occasion, attempts: z.int().min(1), kept: kept.optional() }),
  {
    summary: 'a channel accepted the notification',
    // Two workers with the same task may report different results. The first one counts. The second has another id, so it
    // is not taken for a duplicate.
    identity: contentHash,
  },
)
