import { event } from '@quadrille/messages'
import { z } from 'zod'
import { amountExample } from '../examples.ts'
import { amount, currencyCode, gatewayReference, orderId } from '../primitives.ts'

export const PaymentRefunded = event(
  'PaymentRefunded',
  z.object({
    orderId,
    amount,
    currency: currencyCode,
    gatewayReference: gatewayReference.meta({
      description:
        'The id of the refunded payment at the gateway. After a refund by hand, its proof. `none` if the captured amount was 0.',
    }),
  }),
  { summary: 'the captured amount was refunded', example: { ...amountExample, gatewayReference: 'sim_1' } },
)
