import { event } from '@quadrille/messages'
import { z } from 'zod'
import { amountExample } from '../examples.ts'
import { amount, code, currencyCode, orderId } from '../primitives.ts'

export const PaymentRefundFailed = event(
  'PaymentRefundFailed',
  z.object({ orderId, amount, currency: currencyCode, code }),
  {
    summary: 'the gateway refused the refund permanently; an operator must act',
    example: { ...amountExample, code: 'expired_or_canceled_card' },
  },
)
