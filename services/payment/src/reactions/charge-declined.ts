import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

export const chargeDeclined = reaction('ChargeDeclined', (payment, { data }) => {
  // While a cancellation is pending, the outcome of CancelCharge is the answer. A capture stays a capture.
  if (payment?.status !== 'pending') return nothing
  const { gatewayReference, code } = data
  const { orderId, amount, currency } = payment
  const category = code === 'insufficient_funds' ? 'insufficient_funds' : 'refused'
  return {
    state: { ...payment, status: 'declined', gatewayReference, cancelled: false, code },
    events: [draft('PaymentDeclined', { orderId, amount, currency, code, category })],
  }
})
