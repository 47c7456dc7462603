import { draft } from '@quadrille/events'
import type { Ports } from './ports.ts'
import { task } from './task.ts'

/**
 * Gets the gateway's last word on the charge of a cancelled order. The books have given no leave to charge since the
 * cancellation, so the reference that they have, or have not, is the one that counts.
 */
export const cancelCharge = ({ books, gateway }: Ports) =>
  task('CancelCharge', async ({ orderId, amount, currency }) => {
    const payment = await books.read(orderId)
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
