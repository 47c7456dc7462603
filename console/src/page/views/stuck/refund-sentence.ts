/** Says how far a refund is that the gateway has refused at least once. */
import type { Payment } from '../../api/types.ts'
import { timeOf, wordsOf } from '../../format.ts'
import type { Resource } from '../../use-resource.ts'

type Facts = Pick<Payment, 'status' | 'refund'>

/** Another operator may have requested it again, so only the payment tells whether the refusal still holds. */
export const refundSentence = ({ body: payment, error }: Pick<Resource<Facts>, 'body' | 'error'>): string => {
  if (error)
    return `The gateway refused the refund, and it may have been requested again. Do not refund by hand before the payment can be read. ${error.message}`
  if (!payment) return 'The gateway refused the refund. Reading whether it was requested again…'
  const { status, refund } = payment
  if (!refund) return 'The gateway refused the refund.'
  switch (status) {
    case 'refunding':
      return `The refund was requested again, attempt ${refund.attempts}. The gateway has not answered yet.`
    case 'refunded':
      return refund.manualReference === null
        ? 'The gateway has made the refund.'
        : `The refund was recorded as made by hand: ${refund.manualReference}.`
    default:
      return refusalOf(refund)
  }
}

const refusalOf = ({ attempts, refusal }: NonNullable<Payment['refund']>): string => {
  const again = attempts > 1 ? ' again' : ''
  if (!refusal) return `The gateway refused the refund${again}.`
  return `The gateway refused the refund${again}: ${wordsOf(refusal.code ?? 'no reason given')} (${timeOf(refusal.at)}, attempt ${attempts}).`
}

/** Says when a retry helps, after a refusal. The gateway's codes do not tell whether a reason is permanent. Otherwise null. */
export const refundAdvice = (payment: Facts | undefined): string | null => {
  if (payment?.status !== 'refund_failed') return null
  const { attempts = 1 } = payment.refund ?? {}
  const refused = attempts < 2 ? '' : `The gateway has refused it ${attempts === 2 ? 'twice' : `${attempts} times`}. `
  return `${refused}A retry helps only if the reason is gone. Otherwise refund the customer in another way, then record it.`
}
