import { nothing } from '@quadrille/service'
import { draftPaymentProcessed, toCaptured } from '../domain/capture.ts'
import { isCancelled, isPaid, recoveredPayment } from '../domain/payment.ts'
import { startRefund } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/** Stores and publishes a capture in every state of a payment, and refunds it if the order is cancelled. */
export const chargeSucceeded = reaction('ChargeSucceeded', (existing, { data }) => {
  const payment = existing ?? recoveredPayment(data)
  if (isPaid(payment)) {
    if (payment.gatewayReference === data.gatewayReference) return nothing // a duplicate
    // The gateway port rules this out. If it happens anyway, it must not be treated as a duplicate.
    throw new Error(
      `Order ${data.orderId} is paid by ${payment.gatewayReference}, and was charged again as ${data.gatewayReference}.`,
    )
  }
  const state = toCaptured(payment, data)
  if (!isCancelled(payment)) return { state, events: [draftPaymentProcessed(state)] }
  const refund = startRefund(state)
  return { ...refund, events: [draftPaymentProcessed(state), ...refund.events] }
})
