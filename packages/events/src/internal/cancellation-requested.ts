import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { cancellationReason, orderId } from '../primitives.ts'

export const CancellationRequested = internal(
  'CancellationRequested',
  z.object({ orderId, reason: cancellationReason.extract(['customer', 'expired']) }),
  {
    means: "the customer cancels, or the order's time is over",
    identity: ({ reason }) => reason,
  },
)
