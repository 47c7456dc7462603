import { internal } from '@quadrille/messages'
import { z } from 'zod'
import { gatewayReference, orderId } from '../primitives.ts'

export const ChargeCancelled = internal('ChargeCancelled', z.object({ orderId, gatewayReference }), {
  summary: 'the charge is cancelled: the gateway will never capture anything for this order',
  identity: ({ gatewayReference }) => gatewayReference,
})
