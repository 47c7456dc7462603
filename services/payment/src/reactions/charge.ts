/** Reactions to a new order, and to the outcomes of its charge. */
import { declineCategory, draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { captureZeroTotal, draftPaymentProcessed, toCaptured } from '../domain/capture.ts'
import { hasCapture, isCancelled, newPayment } from '../domain/payment.ts'
import { intentReference } from '../domain/reference.ts'
import { startRefund } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

export const orderPlaced = reaction('OrderPlaced', (payment, { data }) => {
  if (payment) return nothing // a duplicate, or the cancellation arrived first and left a tombstone
  const { orderId, total: amount, currency, expiresAt } = data
  const pending = newPayment('pending', { orderId, amount, currency })
  if (amount === 0) {
    const state = captureZeroTotal(pending)
    return { state, events: [draftPaymentProcessed(state)] }
  }
  const charge = draft('Charge', { orderId, amount, currency, method: data.payment.method, expiresAt })
  return { state: pending, tasks: [charge] }
})

/** Stores and publishes a capture in every state of a payment, and refunds it if the order is cancelled. */
export const chargeSucceeded = reaction('ChargeSucceeded', (existing, { data }) => {
  const payment = existing ?? newPayment('pending', data) // a restored database may lack it
  if (hasCapture(payment)) {
    if (payment.gatewayReference === data.gatewayReference) return nothing // a duplicate
    // The gateway port rules this out. If it happens anyway, it is not treated as a duplicate: this process reports it at each
    // attempt. Another process finds only the first capture, so that a failed attempt and the gateway's ledger are what remains.
    throw new Error(
      `Order ${data.orderId} was captured as ${payment.gatewayReference}, and the gateway reports a second capture, ${data.gatewayReference}. Refund ${data.gatewayReference} at the gateway, then discard this message.`,
    )
  }
  const state = toCaptured(payment, data)
  if (!isCancelled(payment)) return { state, events: [draftPaymentProcessed(state)] }
  const refund = startRefund(state)
  return { ...refund, events: [draftPaymentProcessed(state), ...refund.events] }
})

export const chargeDeclined = reaction('ChargeDeclined', (payment, { data }) => {
  // While a cancellation is pending, the outcome of CancelCharge answers it. A capture is never replaced by a decline.
  if (payment?.status !== 'pending') return nothing
  const { code } = data
  const { orderId, amount, currency } = payment
  const gatewayReference = intentReference(data.gatewayReference) ?? payment.gatewayReference
  const category = declineCategory(code)
  return {
    state: { ...payment, status: 'declined', gatewayReference, cancelled: false, code },
    events: [draft('PaymentDeclined', { orderId, amount, currency, code, category })],
  }
})
