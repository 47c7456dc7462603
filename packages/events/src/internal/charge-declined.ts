import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { code, gatewayReference, orderId } from '../primitives.ts'

export const ChargeDeclined = internal('ChargeDeclined', z.object({ orderId, gatewayReference, code }), {
  summary: 'the issuer declined the charge',
  identity: ({ gatewayReference }) => gatewayReference,
})
