import { event, timestamp } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample, parcelExample } from '../examples.ts'
import { carrier, orderId, trackingCode } from '../primitives.ts'

export const ShipmentDispatched = event(
  'ShipmentDispatched',
  z.object({
    orderId,
    carrier,
    trackingCode,
    at: timestamp.meta({ description: 'The time of dispatch. The parcels of an order have different times.' }),
  }),
  {
    summary: 'a parcel of the order is on its way',
    example: { orderId: orderExample.orderId, ...parcelExample },
    identity: ({ at }) => at,
  },
)
