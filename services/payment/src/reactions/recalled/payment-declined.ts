import { nothing } from '@quadrille/service'
import { unheardOf } from '../../domain/payment.ts'
import { reaction } from '../reaction.ts'

/** A decline that these books have lost. The order is cancelled because of it, so its OrderCancelled has nothing to add. */
export const paymentDeclined = reaction('PaymentDeclined', (known, { data }) => {
  const payment = known ?? unheardOf(data)
  if (payment.status !== 'pending' && payment.status !== 'cancelling') return nothing
  return { state: { ...payment, status: 'declined', cancelled: true, code: data.code } }
})
