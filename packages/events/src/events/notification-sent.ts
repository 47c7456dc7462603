import { event, withVersion } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import { withoutParcels } from '../occasions.ts'
import { channel, code, occasion, orderId, orderOccasion } from '../primitives.ts'

/** No version of the notification service has set it. A field of a published version stays. */
const unused = code.optional().meta({ description: 'Not used.' })

const v1 = z.object({ orderId, channel, occasion: orderOccasion, code: unused })

/** Version 2 adds the occasions of parcels. */
const v2 = v1.extend({ occasion })

const identity = ({ channel, occasion }: z.output<typeof v2>): string => `${channel}:${occasion}`

export const NotificationSent = withVersion(
  event('NotificationSent', v1, {
    summary: 'the customer was notified of this occasion through this channel',
    example: { orderId: orderExample.orderId, channel: 'email', occasion: 'order_placed' },
    identity,
  }),
  v2,
  { up: (older) => older, down: withoutParcels, identity },
)
