import { z } from 'zod'
import { event } from '../definition.ts'
import { amount, cancellationReason, currencyCode, customer, lines, orderId } from '../primitives.ts'

export const OrderCancelled = event(
  'OrderCancelled',
  z.object({ orderId, customer, currency: currencyCode, total: amount, lines, reason: cancellationReason }),
  { means: 'terminal, and the only trigger of compensations' },
)
