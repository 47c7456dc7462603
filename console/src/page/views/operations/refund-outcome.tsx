import { wordsOf } from '../../format.ts'
import type { RefundAnswer } from '../order/refund-answer.ts'

interface RefundOutcomeProps {
  /** Undefined until it has been read. Those of old requests are not read. */
  readonly answer: RefundAnswer | undefined
}

/** How the request of a refund has ended: the gateway's answer. */
export const RefundOutcome = ({ answer }: RefundOutcomeProps) => {
  const { outcome = 'requested', code = null } = answer ?? {}
  return (
    <span title={meanings[outcome]}>
      {outcome}
      {code !== null && <span class="faint"> {wordsOf(code)}</span>}
    </span>
  )
}

const meanings: Readonly<Record<RefundAnswer['outcome'], string>> = {
  done: 'The gateway has made the refund',
  requested: 'No answer of the gateway has been read. The order shows its refund',
  refused: 'The gateway has refused the refund',
}
