import { draft } from '@quadrille/events'
import { noCallMade } from '@quadrille/service'
import { noReference } from '../domain/reference.ts'
import type { Ports } from './ports.ts'
import { task } from './task.ts'

/**
 * Gets the final outcome of the charge of a cancelled order. No attempt is permitted after the cancellation, so the
 * stored reference, or its absence, is final.
 */
export const cancelCharge = ({ payments, gateway }: Ports) =>
  task('CancelCharge', async ({ orderId, amount, currency }) => {
    const payment = await payments.read(orderId)
    // It has its outcome, or a restored database lacks the cancellation: then OrderCancelled comes again, and requests this task again.
    if (payment?.status !== 'cancelling') return noCallMade
    const outcome = await gateway.cancel({ orderId, amount, currency, reference: payment.gatewayReference })
    switch (outcome.status) {
      case 'captured':
        return draft('ChargeSucceeded', {
          orderId,
          amount: outcome.amount,
          currency: outcome.currency,
          gatewayReference: outcome.reference,
        })
      case 'cancelled':
        return draft('ChargeCancelled', { orderId, gatewayReference: outcome.reference ?? noReference })
    }
  })
