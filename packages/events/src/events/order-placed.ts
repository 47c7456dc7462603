import { z } from 'zod'
import { event } from '../definition.ts'
import {
  amount,
  currencyCode,
  customer,
  lines,
  metadata,
  orderId,
  paymentMethod,
  reference,
  timestamp,
} from '../primitives.ts'

export const OrderPlaced = event(
  'OrderPlaced',
  z.object({
    orderId,
    customer,
    currency: currencyCode,
    total: amount,
    lines,
    payment: z.object({ method: paymentMethod }),
    expiresAt: timestamp,
    reference: reference.optional(),
    metadata: metadata.optional(),
  }),
  { means: 'the order is accepted and durable' },
)
