import { declineCategory, draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { reaction } from './reaction.ts'

export const chargeDeclined = reaction('ChargeDeclined', (payment, { data }) => {
  // While a cancellation is pending, the outcome of CancelCharge answers it. A capture is never replaced by a decline.
  if (payment?.status !== 'pending') return nothing
  const { gatewayReference, code } = data
  const { orderId, amount, currency } = payment
  const category = declineCategory(code)
  return {
    state: { ...payment, status: 'declined', gatewayReference, cancelled: false, code },
    events: [draft('PaymentDeclined', { orderId, amount, currency, code, category })],
  }
})
