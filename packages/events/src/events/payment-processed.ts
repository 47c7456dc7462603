import { event } from '@quadrille/messages'
import { z } from 'zod'
import { amountExample } from '../examples.ts'
import { amount, currencyCode, gatewayReference, orderId } from '../primitives.ts'

export const PaymentProcessed = event(
  'PaymentProcessed',
  z.object({ orderId, amount, currency: currencyCode, gatewayReference }),
  { summary: 'the payment was captured', example: { ...amountExample, gatewayReference: 'sim_1' } },
)
