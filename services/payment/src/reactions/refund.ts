/** Reactions to the outcomes of a refund, and to the request of an operator after a refusal. */
import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { hasCapture } from '../domain/payment.ts'
import { beginRound, completeRefund } from '../domain/refund.ts'
import { olderDatabase } from './older-database.ts'
import { reaction } from './reaction.ts'

/**
 * Stores a refund in any round, even after a refusal, because the money has been returned. After a refund by hand it changes
 * nothing: the money was returned twice, which the audit reports (I4) if it can read the gateway's ledger. This happens only if a
 * worker pauses between its check of the payment and its call, while the refund is refused and then recorded by hand.
 */
export const refundSucceeded = reaction('RefundSucceeded', (payment, { data: { orderId, round } }) => {
  if (!payment || !hasCapture(payment))
    throw olderDatabase(`Order ${orderId} was refunded, but no capture of it is known.`)
  if (payment.status === 'refunded') return nothing
  return completeRefund(payment, { round: 'round' in payment ? Math.max(payment.round, round) : round })
})

/**
 * Stores a refusal. If the database lacks the request for this round, because it was restored or has lost a commit, the outcome is
 * kept until the round is requested again: the outcome of the second Refund has the same id. After a restart of the process the
 * task is dropped, which leaves that outcome to the second Refund, too.
 */
export const refundRefused = reaction('RefundRefused', (payment, { data: { orderId, round, code } }) => {
  const problem = `A refund of order ${orderId} was refused, but no request for it is known.`
  const lastRound = payment && 'round' in payment ? payment.round : 0
  if (payment?.status !== 'refunded' && round > lastRound)
    throw round === 1 ? olderDatabase(problem) : new Error(`${problem} Request the refund again.`)
  if (payment?.status !== 'refunding' || payment.round !== round) return nothing // from an earlier round, or late
  const { captured, currency } = payment
  const failed = draft('PaymentRefundFailed', { orderId, amount: captured, currency, code })
  // Each event type is published at most once per order, so PaymentRefundFailed is published in the first round only.
  return { state: { ...payment, status: 'refund_failed', code }, events: round === 1 ? [failed] : [] }
})

/** An operator retries a refused refund, or records one made by hand. The first of two concurrent requests wins. */
export const refundRequested = reaction('RefundRequested', (payment, { data: { round, manualReference } }) => {
  if (payment?.status !== 'refund_failed' || round !== payment.round + 1) return nothing
  if (manualReference === undefined) return beginRound(payment, round)
  return completeRefund(payment, { round: payment.round, manualReference })
})
