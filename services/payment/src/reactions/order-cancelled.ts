import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { type Cancelling, type Payment, tombstone, zeroTotalTombstone } from '../domain/payment.ts'
import { startRefund } from '../domain/refund.ts'
import { type Decision, reaction } from './reaction.ts'

/** Answers each cancellation once, after the gateway's final outcome. A decline was an answer already. */
export const orderCancelled = reaction('OrderCancelled', (payment, { data }) => {
  switch (payment?.status) {
    case undefined:
      if (data.total > 0) return askGateway(tombstone(data))
      return { state: zeroTotalTombstone(data), events: [draft('PaymentVoided', { orderId: data.orderId })] }
    case 'pending':
      return askGateway({ ...payment, status: 'cancelling' })
    case 'captured':
      return startRefund(payment)
    case 'declined':
      return { state: { ...payment, cancelled: true } }
    case 'cancelling':
    case 'voided':
    case 'refunding':
    case 'refund_failed':
    case 'refunded':
      return nothing // cancelled before: the answer was published, or the gateway is being asked
  }
})

const askGateway = (state: Cancelling): Decision<Payment> => {
  const { orderId, amount, currency } = state
  return { state, tasks: [draft('CancelCharge', { orderId, amount, currency })] }
}
