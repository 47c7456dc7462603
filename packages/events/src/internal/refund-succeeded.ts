import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { gatewayReference, orderId } from '../primitives.ts'

export const RefundSucceeded = internal(
  'RefundSucceeded',
  z.object({ orderId, gatewayReference, round: z.int().min(1) }),
  {
    summary: 'the gateway refunded the captured amount',
    identity: ({ gatewayReference, round }) => `${gatewayReference}:${round}`,
  },
)
