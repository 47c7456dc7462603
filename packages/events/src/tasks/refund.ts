import { task } from '@quadrille/messages'
import { z } from 'zod'
import { amount, currencyCode, gatewayReference, orderId } from '../primitives.ts'

export const Refund = task(
  'Refund',
  z.object({ orderId, amount, currency: currencyCode, gatewayReference, round: z.int().min(1) }),
  {
    summary: 'refund the captured amount; a new round starts only after a permanent refusal',
    identity: ({ round }) => `${round}`,
  },
)
