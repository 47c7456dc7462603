import { draft } from '@quadrille/events'
import type { Ports } from './ports.ts'
import { task } from './task.ts'

/**
 * Gets the final outcome of the charge of a cancelled order. No attempt is permitted after the cancellation, so the
 * stored reference, or its absence, is final.
 */
export const cancelCharge = ({ payments, gateway }: Ports) =>
  task('CancelCharge', async ({ orderId, amount, currency }) => {
    const payment = await payments.read(orderId)
    const reference = payment?.gatewayReference ?? null
    const outcome = await gateway.cancel({ orderId, amount, currency, reference })
    const gatewayReference = outcome.reference
    switch (outcome.status) {
      case 'captured':
        return draft('ChargeSucceeded', {
          orderId,
          amount: outcome.amount,
          currency: outcome.currency,
          gatewayReference,
        })
      case 'cancelled':
        return draft('ChargeCancelled', { orderId, gatewayReference })
    }
  })
