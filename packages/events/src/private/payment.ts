/** The tasks and internal messages of the payment service. */
import { internal, task, timestamp } from '@quadrille/messages'
import { z } from 'zod'
import { amount, code, currencyCode, gatewayReference, orderId, paymentMethod } from '../primitives.ts'

export const Charge = task(
  'Charge',
  z.object({ orderId, amount, currency: currencyCode, method: paymentMethod, expiresAt: timestamp }),
  { summary: 'capture the amount at the gateway, unless the order has expired' },
)

export const CancelCharge = task('CancelCharge', z.object({ orderId, amount, currency: currencyCode }), {
  summary: 'cancel the charge at the gateway, or find out that it was captured',
})

/** Each manual repetition of a refund is another round. */
const round = z.int().min(1)

export const Refund = task('Refund', z.object({ orderId, amount, currency: currencyCode, gatewayReference, round }), {
  summary: 'refund the captured amount; a new round starts only after a permanent refusal',
  identity: ({ round }) => `${round}`,
})

export const ChargeSucceeded = internal(
  'ChargeSucceeded',
  z.object({ orderId, amount, currency: currencyCode, gatewayReference }),
  {
    summary: 'the gateway captured the amount',
    identity: ({ gatewayReference }) => gatewayReference,
  },
)

export const ChargeDeclined = internal('ChargeDeclined', z.object({ orderId, gatewayReference, code }), {
  summary: 'the issuer or the gateway declined the charge',
  identity: ({ gatewayReference }) => gatewayReference,
})

export const ChargeCancelled = internal('ChargeCancelled', z.object({ orderId, gatewayReference }), {
  summary: 'the charge is cancelled: the gateway will never capture anything for this order',
  identity: ({ gatewayReference }) => gatewayReference,
})

export const RefundSucceeded = internal('RefundSucceeded', z.object({ orderId, gatewayReference, round }), {
  summary: 'the gateway refunded the captured amount',
  identity: ({ gatewayReference, round }) => `${gatewayReference}:${round}`,
})

export const RefundRefused = internal('RefundRefused', z.object({ orderId, gatewayReference, round, code }), {
  summary: 'the gateway refused the refund permanently',
  identity: ({ gatewayReference, round }) => `${gatewayReference}:${round}`,
})

export const RefundRequested = internal(
  'RefundRequested',
  z.object({ orderId, round, manualReference: gatewayReference.optional() }),
  {
    summary: 'an operator retries a refused refund, or has refunded manually',
    identity: ({ round, manualReference = '' }) => `${round}:${manualReference}`,
  },
)
