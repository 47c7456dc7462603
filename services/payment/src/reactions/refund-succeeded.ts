import { nothing } from '@quadrille/service'
import { isPaid } from '../domain/payment.ts'
import { refunded } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/** A refund is a fact too, whichever round it belongs to and even after a refusal: the money is back. */
export const refundSucceeded = reaction('RefundSucceeded', (payment, { data: { orderId, round } }) => {
  if (!payment || !isPaid(payment)) throw new Error(`Order ${orderId} was refunded, but no capture of it is known.`)
  if (payment.status === 'refunded') return nothing
  return refunded(payment, { round })
})
