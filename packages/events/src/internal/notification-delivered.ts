import { contentHash, evolve, internal, prose, text } from '@quadrille/messages'
import { z } from 'zod'
import { aboutOrder } from '../occasions.ts'
import { channel, occasion, orderId, orderOccasion } from '../primitives.ts'

/** The text of the notification, if no transport is configured. The service then shows it over HTTP. */
const kept = z.object({ subject: text(1_000), text: prose(100_000) })

const v1 = z.object({ orderId, channel, occasion: orderOccasion, attempts: z.int().min(1), kept: kept.optional() })

/** Version 2 adds the occasions of parcels. */
const v2 = v1.extend({ occasion })

// Two workers with the same task may report different results. The first one counts. The second has another id, so it is not taken
// for a duplicate.
const identity: (data: z.output<typeof v2>) => string = contentHash

export const NotificationDelivered = evolve(
  internal('NotificationDelivered', v1, { summary: 'a channel accepted the notification', identity }),
  v2,
  { up: (older) => older, down: aboutOrder, identity },
)
