import type { History, Said } from './history.ts'

const unanswered = ['PaymentProcessed', 'PaymentDeclined'] as const

/**
 * What a payment may have missed, by its status; the first of these that the history has comes next. What payment has said itself
 * comes before a cancellation: that finds the capture booked then, and gives nothing back that was given back before.
 */
const missedIn: Readonly<Record<string, readonly Said[]>> = {
  unknown: [...unanswered, 'OrderCancelled'],
  pending: [...unanswered, 'OrderCancelled'],
  cancelling: [...unanswered, 'PaymentVoided'],
  voided: ['PaymentProcessed'],
  declined: ['PaymentProcessed'],
  captured: ['PaymentRefunded', 'PaymentRefundFailed', 'OrderCancelled'],
  refunding: ['PaymentRefunded', 'PaymentRefundFailed'],
  refund_failed: ['PaymentRefunded'],
}

/**
 * What payment must be told next; nothing where its books are up to date with the history. Never OrderPlaced: how an order was
 * to be paid is in no history. One that has no outcome can't be charged any more, and expires.
 */
export const behindInPayment = ({ said }: History, status = 'unknown'): readonly Said[] => {
  const next = missedIn[status]?.find((each) => said.has(each))
  return next ? [next] : []
}
