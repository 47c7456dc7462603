import { z } from 'zod'
import { event } from '../definition.ts'
import { amount, code, currencyCode, orderId } from '../primitives.ts'

export const PaymentRefundFailed = event(
  'PaymentRefundFailed',
  z.object({ orderId, amount, currency: currencyCode, code }),
  { means: 'the gateway refused the refund for good: a person must act' },
)
