import { nothing } from '@quadrille/service'
import { isPaid } from '../domain/payment.ts'
import { completeRefund } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/**
 * Stores a refund in any round, even after a refusal, because the money has been returned. After a refund by hand it changes
 * nothing: the money was returned twice, which the audit reports (I4) if it can read the gateway's ledger. This happens only if a
 * worker pauses between its check of the payment and its call, while the refund is refused and then recorded by hand.
 */
export const refundSucceeded = reaction('RefundSucceeded', (payment, { data: { orderId, round } }) => {
  if (!payment || !isPaid(payment)) throw new Error(`Order ${orderId} was refunded, but no capture of it is known.`)
  if (payment.status === 'refunded') return nothing
  return completeRefund(payment, { round: 'round' in payment ? Math.max(payment.round, round) : round })
})
