import { nothing } from '@quadrille/service'
import { captured } from '../../domain/capture.ts'
import { isCancelled, isPaid, unheardOf } from '../../domain/payment.ts'
import { giveBack } from '../../domain/refund.ts'
import { reaction } from '../reaction.ts'

/** A capture that these books have lost: booked as it was announced, and given back where the order is cancelled. */
export const paymentProcessed = reaction('PaymentProcessed', (known, { data }) => {
  const payment = known ?? unheardOf(data)
  if (isPaid(payment)) return nothing
  const state = captured(payment, data)
  return isCancelled(payment) ? giveBack(state) : { state }
})
