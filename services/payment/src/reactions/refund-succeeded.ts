import { nothing } from '@quadrille/service'
import { isPaid } from '../domain/payment.ts'
import { completeRefund } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/**
 * Stores a refund in any round, even after a refusal, because the money has been returned. A refund by the gateway and another one by
 * hand must not be treated as duplicates.
 */
export const refundSucceeded = reaction('RefundSucceeded', (payment, { data: { orderId, round } }) => {
  if (!payment || !isPaid(payment)) throw new Error(`Order ${orderId} was refunded, but no capture of it is known.`)
  if (payment.status !== 'refunded')
    return completeRefund(payment, { round: 'round' in payment ? Math.max(payment.round, round) : round })
  if (payment.manualReference === null) return nothing // a duplicate
  throw new Error(`Order ${orderId} was refunded by the gateway, and also by hand as ${payment.manualReference}.`)
})
