import { event, withVersion } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import {
  amount,
  cancellationReason,
  currencyCode,
  customer,
  lines,
  metadata,
  orderId,
  reference,
} from '../primitives.ts'

const v1 = z.object({ orderId, customer, currency: currencyCode, total: amount, lines, reason: cancellationReason })

/** Version 2 adds the shop's own reference and metadata, as in `OrderPlaced`. */
const v2 = v1.extend({ reference: reference.optional(), metadata: metadata.optional() })

export const OrderCancelled = withVersion(
  event('OrderCancelled', v1, {
    summary: 'the order is cancelled; this is the only event that triggers compensations',
    example: { ...orderExample, reason: 'payment_declined' },
  }),
  v2,
  {
    up: (older) => older,
    down: ({ reference: _, metadata: __, ...older }) => older,
  },
)
