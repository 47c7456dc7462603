import { task } from '@quadrille/messages'
import { z } from 'zod'
import { amount, currencyCode, gatewayReference, orderId } from '../primitives.ts'

export const Refund = task(
  'Refund',
  z.object({ orderId, amount, currency: currencyCode, gatewayReference, round: z.int().min(1) }),
  {
    means: 'give back what was captured; a new round only after a refusal for good',
    identity: ({ round }) => `${round}`,
  },
)
