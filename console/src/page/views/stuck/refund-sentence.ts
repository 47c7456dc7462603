/** Says how far a refund is that the gateway has refused at least once. */
import type { LoggedOperation, Payment } from '../../api/types.ts'
import { timeOf, wordsOf } from '../../format.ts'

type Facts = Pick<Payment, 'status' | 'refund'>

/** `request`: the last request of a person, if there is one. */
export const refundSentence = (
  payment: Facts | undefined,
  request: Pick<LoggedOperation, 'operator' | 'at'> | undefined,
): string => {
  if (!payment?.refund) return 'The gateway refused the refund.'
  const { status, refund } = payment
  const by = request && refund.attempts > 1 ? ` by ${request.operator}` : ''
  switch (status) {
    case 'refunding':
      return `The refund was requested again${by}${request ? ` at ${timeOf(request.at)}` : ''}, attempt ${refund.attempts}. The gateway has not answered yet.`
    case 'refunded':
      return refund.manualReference === null
        ? 'The gateway has made the refund.'
        : `The refund was recorded as made by hand: ${refund.manualReference}.`
    default:
      return refusalOf(refund, by)
  }
}

const refusalOf = ({ attempts, refusal }: NonNullable<Payment['refund']>, by: string): string => {
  const again = attempts > 1 ? ' again' : ''
  if (!refusal) return `The gateway refused the refund${again}.`
  const requested = by === '' ? '' : `, requested${by}`
  return `The gateway refused the refund${again}: ${wordsOf(refusal.code ?? 'no reason given')} (${timeOf(refusal.at)}, attempt ${attempts}${requested}).`
}

/** Says when a retry helps, after a refusal. The gateway's codes do not tell whether a reason is permanent. Otherwise null. */
export const refundAdvice = (payment: Facts | undefined): string | null => {
  if (payment?.status !== 'refund_failed') return null
  const { attempts = 1 } = payment.refund ?? {}
  const refused = attempts < 2 ? '' : `The gateway has refused it ${attempts === 2 ? 'twice' : `${attempts} times`}. `
  return `${refused}A retry helps only if the reason is gone. Otherwise refund the customer in another way, then record it.`
}
