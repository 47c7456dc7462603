import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { gatewayReference, orderId } from '../primitives.ts'

export const RefundRequested = internal(
  'RefundRequested',
  z.object({ orderId, round: z.int().min(1), manualReference: gatewayReference.optional() }),
  {
    summary: 'an operator retries a refused refund, or has refunded manually',
    identity: ({ round, manualReference = '' }) => `${round}:${manualReference}`,
  },
)
