import { z } from 'zod'
import { event } from '../definition.ts'
import { amount, currency, customer, line, orderId } from '../primitives.ts'

export const OrderFulfilled = event(
  'OrderFulfilled',
  z.object({ orderId, customer, currency, total: amount, lines: z.array(line).min(1) }),
  { means: 'paid and reserved: terminal; inventory commits the reservation' },
)
