/** How the request of a refund has ended: the gateway's answer, which the payment has. */
import type { LoggedOperation, Payment } from '../../api/types.ts'
import { wordsOf } from '../../format.ts'
import { type RefundAnswer, refundAnswerTo } from '../order/refund-answer.ts'
import { useOrderResource } from '../order/use-order-resource.ts'

interface RefundOutcomeProps {
  readonly orderId: string
  readonly operation: LoggedOperation
}

export const RefundOutcome = ({ orderId, operation }: RefundOutcomeProps) => {
  const { body } = useOrderResource<Payment>(orderId, `/payment/payments/${orderId}`)
  const { outcome = 'requested', code = null } = refundAnswerTo(operation, body) ?? {}
  return (
    <span title={meanings[outcome]}>
      {outcome}
      {code !== null && <span class="faint"> {wordsOf(code)}</span>}
    </span>
  )
}

const meanings: Readonly<Record<RefundAnswer['outcome'], string>> = {
  done: 'The gateway has made the refund',
  requested: 'The answer of the gateway is not known yet',
  refused: 'The gateway has refused the refund',
}
