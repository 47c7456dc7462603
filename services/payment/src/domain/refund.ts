/** Refunds of captured money. A refund is always in full, takes one or more rounds, and is published once. */
import { type Draft, draft } from '@quadrille/events'
import type { Captured, Payment, Refunded, RefundFailed, WithCapture } from './payment.ts'

interface StartedRefund {
  readonly state: Payment
  readonly events: readonly []
  readonly tasks: readonly Draft<'Refund'>[]
}

interface CompletedRefund {
  readonly state: Payment
  readonly events: readonly Draft<'PaymentRefunded'>[]
  readonly tasks: readonly []
}

/**
 * Starts the refund of a cancelled order. If the captured amount is 0, the refund is complete without a call to the
 * gateway.
 */
export const startRefund = (payment: Captured): StartedRefund | CompletedRefund =>
  payment.captured === 0 ? completeRefund(payment, { round: 0 }) : beginRound(payment, 1)

/** Requests the refund from the gateway, for the first time or after a refusal. */
export const beginRound = (payment: Captured | RefundFailed, round: number): StartedRefund => {
  const { orderId, captured, currency, gatewayReference } = payment
  return {
    state: { ...captureFields(payment), status: 'refunding', round },
    events: [],
    tasks: [draft('Refund', { orderId, amount: captured, currency, gatewayReference, round })],
  }
}

/** Completes the refund. If there is a manual reference, an operator made it by hand. */
export const completeRefund = (
  payment: Exclude<WithCapture, Refunded>,
  { round, manualReference = null }: { round: number; manualReference?: string | null },
): CompletedRefund => {
  const { orderId, captured, currency, gatewayReference } = payment
  const reference = manualReference ?? gatewayReference
  return {
    state: { ...captureFields(payment), status: 'refunded', round, manualReference },
    events: [draft('PaymentRefunded', { orderId, amount: captured, currency, gatewayReference: reference })],
    tasks: [],
  }
}

/** The fields that a refund does not change. */
const captureFields = ({ orderId, amount, currency, gatewayReference, attempts, captured }: WithCapture) => ({
  orderId,
  amount,
  currency,
  gatewayReference,
  attempts,
  captured,
})
