import { contentHash, evolve, internal } from '@quadrille/messages'
import { z } from 'zod'
import { aboutOrder } from '../occasions.ts'
import { channel, code, occasion, orderId, orderOccasion } from '../primitives.ts'

const v1 = z.object({ orderId, channel, occasion: orderOccasion, attempts: z.int().min(1), code })

/** Version 2 adds the occasions of parcels. */
const v2 = v1.extend({ occasion })

// Two workers with the same task may report different results. The first one counts. The second has another id, so it is not taken
// for a duplicate.
const identity: (data: z.output<typeof v2>) => string = contentHash

export const NotificationUndeliverable = evolve(
  internal('NotificationUndeliverable', v1, {
    summary: 'a channel refused the notification permanently, or it failed too often',
    identity,
  }),
  v2,
  { up: (older) => older, down: aboutOrder, identity },
)
