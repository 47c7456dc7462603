import { type Draft, draft } from '@quadrille/events'
import { noReference } from '../domain/reference.ts'
import { type ChargeOutcome, type IntentStatus, OutcomeUnknown } from '../gateway/gateway.ts'
import type { Ports } from './ports.ts'
import { task } from './task.ts'

/**
 * Charges an order: creates a payment intent at the gateway, stores its reference (`begin`), then confirms it. `begin`
 * refuses if the order is cancelled or expired. The task then confirms nothing, and returns the outcome of an earlier
 * attempt, if there was one. The same holds if the gateway rejects the terms: an earlier attempt may have been captured. CancelCharge
 * cancels a payment intent that was never confirmed.
 */
export const charge = ({ payments, gateway }: Ports) =>
  task('Charge', async ({ orderId, amount, currency, method, expiresAt }, { signal }) => {
    const begin = (reference: string) => payments.begin({ orderId, reference, expiresAt })
    const outcome = await gateway.charge({ orderId, amount, currency, method }, begin, signal)
    if (outcome.status !== 'stopped' && outcome.reference !== null) return outcomeFrom(orderId, outcome)
    const payment = await payments.read(orderId)
    if (payment?.gatewayReference) return outcomeFrom(orderId, await gateway.lookup(payment.gatewayReference))
    if (outcome.status === 'stopped') return null // there was no attempt
    // The order is cancelled or has expired. CancelCharge answers, as it does for accepted terms.
    if (!(await payments.isChargeable({ orderId, expiresAt }))) return null
    return draft('ChargeDeclined', { orderId, gatewayReference: noReference, code: outcome.code })
  })

const outcomeFrom = (
  orderId: string,
  outcome: Extract<ChargeOutcome, { reference: string }> | IntentStatus,
): Draft<'ChargeSucceeded' | 'ChargeDeclined'> | null => {
  const { reference: gatewayReference } = outcome
  switch (outcome.status) {
    case 'captured': {
      const { amount, currency } = outcome
      return draft('ChargeSucceeded', { orderId, amount, currency, gatewayReference })
    }
    case 'declined':
      return draft('ChargeDeclined', { orderId, gatewayReference, code: outcome.code })
    case 'unconfirmed':
    case 'cancelled':
      return null // the order is or will be cancelled, and the outcome of CancelCharge is the answer
    case 'processing':
      throw new OutcomeUnknown(`${gatewayReference} is still being processed.`)
  }
}
