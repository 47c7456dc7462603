/**
 * Reactions to payment's own events, for a database that was restored from a backup: it has lost the state in which it published
 * them. Each restores the state, and publishes and requests nothing, because others have acted on the event already.
 */
import { nothing } from '@quadrille/service'
import { captured } from '../domain/capture.ts'
import { isCancelled, isPaid, unknownPayment } from '../domain/payment.ts'
import { refunded, startRefund } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/**
 * Records the capture, and its refund if the order is cancelled. The gateway isn't asked for the refund here: it may have made it,
 * or an operator has. The next event tells.
 */
const paymentProcessed = reaction('PaymentProcessed', (known, { data }) => {
  const payment = known ?? unknownPayment(data)
  if (isPaid(payment)) return nothing
  const state = captured(payment, data)
  return { state: isCancelled(payment) ? startRefund(state).state : state }
})

/** The order is cancelled because of the decline, so its OrderCancelled adds nothing. */
const paymentDeclined = reaction('PaymentDeclined', (known, { data }) => {
  const payment = known ?? unknownPayment(data)
  if (payment.status !== 'pending' && payment.status !== 'cancelling') return nothing
  return { state: { ...payment, status: 'declined', cancelled: true, code: data.code } }
})

const paymentVoided = reaction('PaymentVoided', (payment) =>
  payment?.status === 'cancelling' ? { state: { ...payment, status: 'voided' } } : nothing,
)

/** A refund by the gateway or by hand. It must not be made again. */
const paymentRefunded = reaction('PaymentRefunded', (payment, { data: { orderId, gatewayReference } }) => {
  if (!payment || !isPaid(payment)) throw new Error(`Order ${orderId} was refunded, but no capture of it is known.`)
  if (payment.status === 'refunded') return nothing
  const byGateway = gatewayReference === payment.gatewayReference
  const round = 'round' in payment ? payment.round : firstRound(payment.captured)
  const { state } = refunded(payment, { round, manualReference: byGateway ? null : gatewayReference })
  return { state }
})

/** A refund of nothing takes no round. */
const firstRound = (captured: number): number => (captured === 0 ? 0 : 1)

/** The gateway isn't asked again unless an operator requests it. */
const paymentRefundFailed = reaction('PaymentRefundFailed', (payment, { data: { orderId, code } }) => {
  if (!payment || !isPaid(payment))
    throw new Error(`A refund of order ${orderId} failed, but no capture of it is known.`)
  const isBehind = payment.status === 'captured' || (payment.status === 'refunding' && payment.round === 1)
  return isBehind ? { state: { ...payment, status: 'refund_failed', round: 1, code } } : nothing
})

export const restoreReactions = {
  PaymentProcessed: paymentProcessed,
  PaymentDeclined: paymentDeclined,
  PaymentVoided: paymentVoided,
  PaymentRefunded: paymentRefunded,
  PaymentRefundFailed: paymentRefundFailed,
}
