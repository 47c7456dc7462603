import { z } from 'zod'
import { event } from '../definition.ts'
import { amount, currencyCode, customer, lines, orderId } from '../primitives.ts'

export const OrderFulfilled = event(
  'OrderFulfilled',
  z.object({ orderId, customer, currency: currencyCode, total: amount, lines }),
  { means: 'paid and reserved: terminal; inventory commits the reservation' },
)
