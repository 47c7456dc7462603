import { type Draft, draft } from '@quadrille/events'
import { type ChargeOutcome, OutcomeUnknown, type Standing } from '../gateway/gateway.ts'
import type { Ports } from './ports.ts'
import { task } from './task.ts'

/**
 * Charges an order. The books give leave for each attempt: not once the order is cancelled or has expired. Without leave
 * nothing is confirmed; what an earlier attempt may have confirmed is looked up.
 */
export const charge = ({ books, gateway }: Ports) =>
  task('Charge', async ({ orderId, amount, currency, method, expiresAt }, { signal }) => {
    const begin = (reference: string) => books.begin({ orderId, reference, expiresAt })
    const outcome = await gateway.charge({ orderId, amount, currency, method }, begin, signal)
    if (outcome.status !== 'stopped') return outcomeFrom(orderId, outcome)
    const payment = await books.read(orderId)
    if (!payment?.gatewayReference) return null // nothing was ever begun
    return outcomeFrom(orderId, await gateway.lookup(payment.gatewayReference))
  })

const outcomeFrom = (
  orderId: string,
  outcome: Exclude<ChargeOutcome, { status: 'stopped' }> | Standing,
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
      return null // the cancellation of the order answers, or will
    case 'processing':
      throw new OutcomeUnknown(`${gatewayReference} is still being processed.`)
  }
}
