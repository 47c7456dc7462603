import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { amount, currencyCode, gatewayReference, orderId } from '../primitives.ts'

export const ChargeSucceeded = internal(
  'ChargeSucceeded',
  z.object({ orderId, amount, currency: currencyCode, gatewayReference }),
  {
    summary: 'the gateway captured the amount',
    identity: ({ gatewayReference }) => gatewayReference,
  },
)
