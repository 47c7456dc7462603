import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { tombstone } from '../domain/payment.ts'
import { giveBack } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/** Every cancellation is answered once and finally, and not before the gateway's last word. A decline was an answer already. */
export const orderCancelled = reaction('OrderCancelled', (payment, { data }) => {
  const { orderId } = data
  switch (payment?.status) {
    case undefined:
      return { state: tombstone(data), events: [draft('PaymentVoided', { orderId })] }
    case 'pending': {
      const { amount, currency } = payment
      const cancelCharge = draft('CancelCharge', { orderId, amount, currency })
      return { state: { ...payment, status: 'cancelling' }, tasks: [cancelCharge] }
    }
    case 'captured':
      return giveBack(payment)
    case 'declined':
      return { state: { ...payment, cancelled: true } }
    case 'cancelling':
    case 'voided':
    case 'refunding':
    case 'refund_failed':
    case 'refunded':
      return nothing // cancelled before: the answer was given, or is being found out
  }
})
