import { event } from '@quadrille/messages'
import { z } from 'zod'
import { amountExample } from '../examples.ts'
import { amount, currencyCode, gatewayReference, orderId } from '../primitives.ts'

export const PaymentRefunded = event(
  'PaymentRefunded',
  z.object({ orderId, amount, currency: currencyCode, gatewayReference }),
  { summary: 'the captured amount was refunded', example: { ...amountExample, gatewayReference: 'sim_re_1' } },
)
