import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { cancellationReason, orderId } from '../primitives.ts'

export const CancellationRequested = internal(
  'CancellationRequested',
  z.object({ orderId, reason: cancellationReason.extract(['customer', 'expired']) }),
  {
    summary: 'the customer cancels the order, or it has expired',
    identity: ({ reason }) => reason,
  },
)
