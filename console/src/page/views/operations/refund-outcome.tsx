/** The gateway's answers to requests of refunds. The log has only the requests, and the payment has the answers. */
import { get } from '../../api/client.ts'
import type { LoggedOperation, Payment } from '../../api/types.ts'
import { wordsOf } from '../../format.ts'
import { useReadUntilFinal } from '../../read-until-final.ts'
import { isRefundRequest, type RefundAnswer, refundAnswerTo } from '../../shop/refund-answer.ts'
import type { ServiceOperation } from './merge-logs.ts'

interface RefundOutcomeProps {
  /** Undefined until it has been read. Those of old requests are not read. */
  readonly answer: RefundAnswer | undefined
}

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

/** The newest. Each costs a request, and those without an answer are read again. */
const maxFollowed = 20

type RefundRequest = Pick<LoggedOperation, 'operation' | 'outcome' | 'at' | 'orderId'>

export const requestKey = ({ orderId, at }: Pick<RefundRequest, 'orderId' | 'at'>): string => `${orderId} ${at}`

/** By the keys of the requests. */
export const useRefundAnswers = (operations: readonly ServiceOperation[]): ReadonlyMap<string, RefundAnswer> => {
  const requests = operations.filter(isRefundRequest).slice(0, maxFollowed)
  const byKey = new Map(requests.map((request) => [requestKey(request), request]))
  return useReadUntilFinal([...byKey.keys()], {
    read: (key, signal) => readAnswer(byKey.get(key), signal),
    isFinal: ({ outcome }) => outcome !== 'requested',
  })
}

/** Without the payment the answer is not known. */
const readAnswer = async (request: RefundRequest | undefined, signal: AbortSignal): Promise<RefundAnswer> => {
  const unknown = { outcome: 'requested', code: null } as const
  if (!request) return unknown
  const reading = get<Payment>(`/payment/payments/${request.orderId}`, { signal }).catch(() => null)
  return refundAnswerTo(request, (await reading)?.body) ?? unknown
}
