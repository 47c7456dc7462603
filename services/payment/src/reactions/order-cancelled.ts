import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { type Cancelling, freeTombstone, type Payment, tombstone } from '../domain/payment.ts'
import { giveBack } from '../domain/refund.ts'
import { type Decision, reaction } from './reaction.ts'

/** Every cancellation is answered once and finally, and not before the gateway's last word. A decline was an answer already. */
export const orderCancelled = reaction('OrderCancelled', (payment, { data }) => {
  switch (payment?.status) {
    case undefined:
      if (data.total > 0) return askGateway(tombstone(data))
      return { state: freeTombstone(data), events: [draft('PaymentVoided', { orderId: data.orderId })] }
    case 'pending':
      return askGateway({ ...payment, status: 'cancelling' })
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

const askGateway = (state: Cancelling): Decision<Payment> => {
  const { orderId, amount, currency } = state
  return { state, tasks: [draft('CancelCharge', { orderId, amount, currency })] }
}
