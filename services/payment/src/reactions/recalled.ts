import { nothing } from '@quadrille/service'
import { captured } from '../../domain/capture.ts'
import { isCancelled, isPaid, unheardOf } from '../../domain/payment.ts'
import { giveBack } from '../../domain/refund.ts'
import { reaction } from '../reaction.ts'

/**
 * A capture that these books have lost: booked as it was announced, and on its way back where the order is cancelled. The gateway
 * is not asked for that here: it may have been, or a person has given it back. Whether it was, the history tells next.
 */
export const paymentProcessed = reaction('PaymentProcessed', (known, { data }) => {
  const payment = known ?? unheardOf(data)
  if (isPaid(payment)) return nothing
  const state = captured(payment, data)
  return { state: isCancelled(payment) ? giveBack(state).state : state }
})
