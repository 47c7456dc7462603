/** Reactions to the cancellation of an order, and of its charge. */
import { type DataOf, draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { type Cancelling, newPayment } from '../domain/payment.ts'
import { intentReference } from '../domain/reference.ts'
import { startRefund } from '../domain/refund.ts'
import { olderDatabase } from './older-database.ts'
import { type DecisionFor, reaction } from './reaction.ts'

/** Answers each cancellation once, after the gateway's final outcome. A decline counts as the answer. */
export const orderCancelled = reaction('OrderCancelled', (payment, { data }) => {
  switch (payment?.status) {
    case undefined:
      return leaveTombstone(data)
    case 'pending':
      return requestCancelCharge({ ...payment, status: 'cancelling' })
    case 'captured':
      return startRefund(payment)
    case 'declined':
      return { state: { ...payment, cancelled: true } }
    case 'cancelling':
    case 'voided':
    case 'refunding':
    case 'refund_failed':
    case 'refunded':
      return nothing // a duplicate: the answer is published, or depends on a task
  }
})

/**
 * The order was cancelled before its OrderPlaced arrived. The tombstone prevents a charge. The charge is also cancelled at the
 * gateway, because a restored database may have lost an earlier one. With a total of 0 the gateway is not called.
 */
const leaveTombstone = ({
  orderId,
  total: amount,
  currency,
}: DataOf<'OrderCancelled'>): DecisionFor<'OrderCancelled'> => {
  const terms = { orderId, amount, currency }
  if (amount > 0) return requestCancelCharge(newPayment('cancelling', terms))
  return { state: newPayment('voided', terms), events: [draft('PaymentVoided', { orderId })] }
}

const requestCancelCharge = (state: Cancelling): DecisionFor<'OrderCancelled'> => {
  const { orderId, amount, currency } = state
  return { state, tasks: [draft('CancelCharge', { orderId, amount, currency })] }
}

/**
 * Answers the cancellation, because the gateway will never capture this payment. If the database was restored and lacks the
 * cancellation, the outcome is kept until OrderCancelled comes again: its second CancelCharge has the same outcome, under the same id.
 */
export const chargeCancelled = reaction('ChargeCancelled', (payment, { data: { orderId, gatewayReference } }) => {
  if (!payment || payment.status === 'pending')
    throw olderDatabase(`The charge of order ${orderId} is cancelled, but no cancellation of the order is known.`)
  if (payment.status !== 'cancelling') return nothing
  const reference = intentReference(gatewayReference) ?? payment.gatewayReference
  return {
    state: { ...payment, status: 'voided', gatewayReference: reference },
    events: [draft('PaymentVoided', { orderId })],
  }
})
