import { nothing } from '@quadrille/service'
import { beginRound, refunded } from '../domain/refund.ts'
import { reaction } from './reaction.ts'

/** An operator retries a refused refund, or records one made by hand. Of two concurrent requests the first counts. */
export const refundRequested = reaction('RefundRequested', (payment, { data: { round, manualReference } }) => {
  if (payment?.status !== 'refund_failed' || round !== payment.round + 1) return nothing
  if (manualReference === undefined) return beginRound(payment, round)
  return refunded(payment, { round: payment.round, manualReference })
})
