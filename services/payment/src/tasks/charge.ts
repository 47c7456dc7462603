import { type Draft, draft } from '@quadrille/events'
import { type ChargeOutcome, type ObjectStatus, OutcomeUnknown } from '../gateway/gateway.ts'
import type { Ports } from './ports.ts'
import { task } from './task.ts'

/**
 * Charges an order. Each attempt needs permission, which is denied if the order is cancelled or expired. Without
 * permission the task confirms nothing, but looks up the outcome of an earlier attempt. The gateway's object is created
 * before, so that an ordinary charge needs no further read. Without permission it is never confirmed, and CancelCharge cancels it
 * while the gateway keeps its idempotency key.
 */
export const charge = ({ payments, gateway }: Ports) =>
  task('Charge', async ({ orderId, amount, currency, method, expiresAt }, { signal }) => {
    const begin = (reference: string) => payments.begin({ orderId, reference, expiresAt })
    const outcome = await gateway.charge({ orderId, amount, currency, method }, begin, signal)
    if (outcome.status !== 'stopped') return outcomeFrom(orderId, outcome)
    const payment = await payments.read(orderId)
    if (!payment?.gatewayReference) return null // there was no attempt
    return outcomeFrom(orderId, await gateway.lookup(payment.gatewayReference))
  })

const outcomeFrom = (
  orderId: string,
  outcome: Exclude<ChargeOutcome, { status: 'stopped' }> | ObjectStatus,
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
