import { z } from 'zod'
import { event } from '../definition.ts'
import { amount, cancellationReason, currency, customer, line, orderId } from '../primitives.ts'

export const OrderCancelled = event(
  'OrderCancelled',
  z.object({ orderId, customer, currency, total: amount, lines: z.array(line).min(1), reason: cancellationReason }),
  { means: 'terminal, and the only trigger of compensations' },
)
