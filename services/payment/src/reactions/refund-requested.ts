import { nothing } from '@quadrille/service'
import { beginRound, completeRefund } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/** An operator retries a refused refund, or records one made by hand. The first of two concurrent requests wins. */
export const refundRequested = reaction('RefundRequested', (payment, { data: { round, manualReference } }) => {
  if (payment?.status !== 'refund_failed' || round !== payment.round + 1) return nothing
  if (manualReference === undefined) return beginRound(payment, round)
  return completeRefund(payment, { round: payment.round, manualReference })
})
