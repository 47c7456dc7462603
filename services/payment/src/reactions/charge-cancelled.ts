import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

/** Answers the cancellation, because the gateway will never capture this payment. */
export const chargeCancelled = reaction('ChargeCancelled', (payment, { data: { orderId, gatewayReference } }) => {
  if (payment?.status !== 'cancelling') return nothing
  return {
    state: { ...payment, status: 'voided', gatewayReference },
    events: [draft('PaymentVoided', { orderId })],
  }
})
