import { event, timestamp } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import { amount, currencyCode, customer, lines, metadata, orderId, paymentMethod, reference } from '../primitives.ts'

export const OrderPlaced = event(
  'OrderPlaced',
  z.object({
    orderId,
    customer,
    currency: currencyCode,
    total: amount,
    lines,
    payment: z.object({ method: paymentMethod }).meta({ description: 'How the customer pays.' }),
    expiresAt: timestamp.meta({
      description: 'The time of expiry: from then on no charge is started, and an open order is cancelled.',
    }),
    reference: reference.optional(),
    metadata: metadata.optional(),
  }),
  {
    summary: 'the order is accepted and durable',
    example: {
      ...orderExample,
      payment: { method: 'pm_card_visa' },
      expiresAt: '2026-11-26T19:06:00.000Z',
      reference: 'web-77',
      metadata: { basket: '12' },
    },
  },
)
