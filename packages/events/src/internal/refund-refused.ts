import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { code, gatewayReference, orderId } from '../primitives.ts'

export const RefundRefused = internal(
  'RefundRefused',
  z.object({ orderId, gatewayReference, round: z.int().min(1), code }),
  {
    summary: 'the gateway refused the refund permanently',
    identity: ({ gatewayReference, round }) => `${gatewayReference}:${round}`,
  },
)
