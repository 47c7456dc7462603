import { nothing } from '@quadrille/service'
import { captured, processed } from '../domain/capture.ts'
import { isCancelled, isPaid, unheardOf } from '../domain/payment.ts'
import { giveBack } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/** A capture is a fact in every state of a payment: booked, announced, and given back where the order is cancelled. */
export const chargeSucceeded = reaction('ChargeSucceeded', (known, { data }) => {
  const payment = known ?? unheardOf(data)
  if (isPaid(payment)) {
    if (payment.gatewayReference === data.gatewayReference) return nothing // booked before
    // The port's guarantees rule it out; should it happen all the same, it must not look like a repetition.
    throw new Error(
      `Order ${data.orderId} is paid by ${payment.gatewayReference}, and was charged again as ${data.gatewayReference}.`,
    )
  }
  const state = captured(payment, data)
  if (!isCancelled(payment)) return { state, events: [processed(state)] }
  const back = giveBack(state)
  return { ...back, events: [processed(state), ...back.events] }
})
