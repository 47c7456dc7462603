/** The way back of captured money: in full, in one or more rounds, and announced once. */
import { type Draft, draft } from '@quadrille/events'
import type { Captured, Paid, Payment, Refunded, RefundFailed } from './payment.ts'

interface WayBack {
  readonly state: Payment
  readonly events: readonly Draft<'PaymentRefunded'>[]
  readonly tasks: readonly Draft<'Refund'>[]
}

/** Gives back what was captured of an order that is cancelled. Where that is nothing it is done, and no gateway hears of it. */
export const giveBack = (payment: Captured): WayBack =>
  payment.captured === 0 ? refunded(payment, { round: 0 }) : beginRound(payment, 1)

/** Asks the gateway for the refund: for the first time, or once more after a refusal. */
export const beginRound = (payment: Captured | RefundFailed, round: number): WayBack => {
  const { orderId, captured, currency, gatewayReference } = payment
  return {
    state: { ...takenBy(payment), status: 'refunding', round },
    events: [],
    tasks: [draft('Refund', { orderId, amount: captured, currency, gatewayReference, round })],
  }
}

/** The money is back: through the gateway, or by hand where a reference tells of that. */
export const refunded = (
  payment: Exclude<Paid, Refunded>,
  { round, manualReference = null }: { round: number; manualReference?: string | null },
): WayBack => {
  const { orderId, captured, currency, gatewayReference } = payment
  const reference = manualReference ?? gatewayReference
  return {
    state: { ...takenBy(payment), status: 'refunded', round, manualReference },
    events: [draft('PaymentRefunded', { orderId, amount: captured, currency, gatewayReference: reference })],
    tasks: [],
  }
}

/** What stays the same on the way back. */
const takenBy = ({ orderId, amount, currency, gatewayReference, attempts, captured }: Paid) => ({
  orderId,
  amount,
  currency,
  gatewayReference,
  attempts,
  captured,
})
