import { nothing } from '@quadrille/service'
import { captured, processed } from '../domain/capture.ts'
import { isCancelled, isPaid, unknownPayment } from '../domain/payment.ts'
import { startRefund } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/** Stores and publishes a capture in every state of a payment, and refunds it if the order is cancelled. */
export const chargeSucceeded = reaction('ChargeSucceeded', (known, { data }) => {
  const payment = known ?? unknownPayment(data)
  if (isPaid(payment)) {
    if (payment.gatewayReference === data.gatewayReference) return nothing // stored before
    // The port's guarantees exclude this. If it happens, it must not look like a repetition.
    throw new Error(
      `Order ${data.orderId} is paid by ${payment.gatewayReference}, and was charged again as ${data.gatewayReference}.`,
    )
  }
  const state = captured(payment, data)
  if (!isCancelled(payment)) return { state, events: [processed(state)] }
  const back = startRefund(state)
  return { ...back, events: [processed(state), ...back.events] }
})
