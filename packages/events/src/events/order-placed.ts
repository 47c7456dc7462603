import { z } from 'zod'
import { event } from '../definition.ts'
import { amount, currency, customer, line, metadata, orderId, paymentMethod, reference, timestamp } from '../primitives.ts'

export const OrderPlaced = event(
  'OrderPlaced',
  z.object({
    orderId,
    customer,
    currency,
    total: amount,
    lines: z.array(line).min(1).max(1_000),
    payment: z.object({ method: paymentMethod }),
    expiresAt: timestamp,
    reference: reference.optional(),
    metadata: metadata.optional(),
  }),
  { means: 'the order is accepted and durable' },
)
