import { nothing } from '@quadrille/service'
import { isPaid } from '../domain/payment.ts'
import { completeRefund } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/** Stores a refund in any round, even after a refusal, because the money has been returned. */
export const refundSucceeded = reaction('RefundSucceeded', (payment, { data: { orderId, round } }) => {
  if (!payment || !isPaid(payment)) throw new Error(`Order ${orderId} was refunded, but no capture of it is known.`)
  if (payment.status === 'refunded') return nothing
  return completeRefund(payment, { round })
})
