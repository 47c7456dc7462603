/** The internal messages of the order service. */
import { internal, text, timestamp } from '@quadrille/messages'
import { z } from 'zod'
import {
  amount,
  cancellationReason,
  currencyCode,
  customer,
  lines,
  metadata,
  orderId,
  paymentMethod,
  reference,
} from '../primitives.ts'

export const OrderSubmitted = internal(
  'OrderSubmitted',
  z.object({
    orderId,
    customer,
    currency: currencyCode,
    total: amount,
    lines,
    payment: z.object({ method: paymentMethod }),
    reference: reference.optional(),
    metadata: metadata.optional(),
    createdAt: timestamp,
    expiresAt: timestamp,
    /** The client's idempotency key, and the hash of the request body. */
    idempotency: z.object({ key: text(255).min(1), requestHash: text(255).min(1) }).optional(),
  }),
  { summary: 'a client posted a valid order' },
)

export const CancellationRequested = internal(
  'CancellationRequested',
  z.object({ orderId, reason: cancellationReason.extract(['customer', 'expired']) }),
  {
    summary: 'the customer cancels the order, or it has expired',
    identity: ({ reason }) => reason,
  },
)
