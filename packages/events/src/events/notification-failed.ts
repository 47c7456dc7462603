import { event, withVersion } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import { withoutParcels } from '../occasions.ts'
import { channel, code, occasion, orderId, orderOccasion } from '../primitives.ts'

const v1 = z.object({ orderId, channel, occasion: orderOccasion, code: code.optional() })

/** Version 2 adds the occasions of parcels. */
const v2 = v1.extend({ occasion })

const identity = ({ channel, occasion }: z.output<typeof v2>): string => `${channel}:${occasion}`

export const NotificationFailed = withVersion(
  event('NotificationFailed', v1, {
    summary: 'a notification to the customer failed; the order does not wait for it',
    example: { orderId: orderExample.orderId, channel: 'email', occasion: 'order_placed', code: 'mailbox_unavailable' },
    identity,
  }),
  v2,
  { up: (older) => older, down: withoutParcels, identity },
)
