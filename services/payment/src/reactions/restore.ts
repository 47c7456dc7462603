/**
 * Reactions to payment's own events. Reconciliation delivers them to a database that was restored from a backup and has
 * lost the state change that belongs to the event. Each reaction restores this state. It publishes nothing and requests
 * no task, because other services have already handled the event.
 */
import { nothing } from '@quadrille/service'
import { toCaptured } from '../domain/capture.ts'
import { hasCapture, isCancelled, newPayment } from '../domain/payment.ts'
import { completeRefund, startRefund } from '../domain/refund.ts'
import { olderDatabase } from './older-database.ts'
import { reaction } from './reaction.ts'

/**
 * Stores the capture, and a requested refund if the order is cancelled. Does not request the refund, because the gateway
 * or an operator may have made it already. In that case PaymentRefunded follows.
 */
export const paymentProcessed = reaction('PaymentProcessed', (existing, { data }) => {
  const payment = existing ?? newPayment('pending', data)
  if (hasCapture(payment)) return nothing
  const state = toCaptured(payment, data)
  return { state: isCancelled(payment) ? startRefund(state).state : state }
})

/** As after the decline itself. OrderCancelled follows, and is stored by its own reaction. */
export const paymentDeclined = reaction('PaymentDeclined', (existing, { data }) => {
  const payment = existing ?? newPayment('pending', data)
  if (payment.status !== 'pending' && payment.status !== 'cancelling') return nothing
  return { state: { ...payment, status: 'declined', cancelled: isCancelled(payment), code: data.code } }
})

/** Replaces a decline too: the restored database has stored it again, without the cancellation of the charge that was its outcome. */
export const paymentVoided = reaction('PaymentVoided', (payment) => {
  if (payment?.status !== 'cancelling' && payment?.status !== 'declined') return nothing
  const { gatewayReference, attempts } = payment
  return { state: { ...newPayment('voided', payment), gatewayReference, attempts } }
})

/** Stores a refund by the gateway or by hand, so that it is not made again. */
export const paymentRefunded = reaction('PaymentRefunded', (payment, { data: { orderId, gatewayReference } }) => {
  if (!payment || !hasCapture(payment))
    throw olderDatabase(`Order ${orderId} was refunded, but no capture of it is known.`)
  if (payment.status === 'refunded') return nothing
  const byGateway = gatewayReference === payment.gatewayReference
  const round = 'round' in payment ? payment.round : firstRound(payment.captured)
  const { state } = completeRefund(payment, { round, manualReference: byGateway ? null : gatewayReference })
  return { state }
})

/** A refund of 0 is complete without a round. */
const firstRound = (captured: number): number => (captured === 0 ? 0 : 1)

/** Stores the refusal. The refund is retried only if an operator requests it. */
export const paymentRefundFailed = reaction('PaymentRefundFailed', (payment, { data: { orderId, code } }) => {
  if (!payment || !hasCapture(payment))
    throw olderDatabase(`A refund of order ${orderId} failed, but no capture of it is known.`)
  const isOlder = payment.status === 'captured' || (payment.status === 'refunding' && payment.round === 1)
  return isOlder ? { state: { ...payment, status: 'refund_failed', round: 1, code } } : nothing
})
