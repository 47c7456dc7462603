import { z } from 'zod'
import { event } from '../definition.ts'
import { amount, currency, gatewayReference, orderId } from '../primitives.ts'

export const PaymentRefunded = event(
  'PaymentRefunded',
  z.object({ orderId, amount, currency, gatewayReference }),
  { means: 'captured money given back' },
)
