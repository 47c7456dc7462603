/** The internal message of the shipping service. */
import { internal, text, uuid } from '@quadrille/messages'
import { z } from 'zod'
import { carrier, orderId, trackingCode } from '../primitives.ts'

export const DispatchRequested = internal(
  'DispatchRequested',
  z.object({ orderId, parcelId: uuid, carrier, trackingCode, idempotencyKey: text(255).min(1).optional() }),
  {
    summary: 'a parcel of the order was handed to its carrier',
    identity: ({ parcelId }) => parcelId,
  },
)
