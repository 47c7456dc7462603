import { z } from 'zod'
import { event } from '../definition.ts'
import { amount, currency, gatewayReference, orderId } from '../primitives.ts'

export const PaymentProcessed = event(
  'PaymentProcessed',
  z.object({ orderId, amount, currency, gatewayReference }),
  { means: 'money captured' },
)
