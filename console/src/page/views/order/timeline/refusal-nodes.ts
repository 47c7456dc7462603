/** The refusals of a refund that a person has requested again. The history has an event only for the first refusal. */
import type { LoggedOperation, Payment } from '../../../api/types.ts'
import { wordsOf } from '../../../format.ts'
import { refusalsOf } from '../../../shop/refund-answer.ts'
import type { TimelineNode } from './node.ts'

export interface RequestedRefund {
  readonly payment: Pick<Payment, 'refund'> | undefined
  /** The operations on the payment, the newest first. */
  readonly operations: readonly LoggedOperation[]
  /** The key of the node of an operation. */
  readonly keyOf: (operation: LoggedOperation) => string
}

/** Each follows from its request. */
export const refusalNodes = ({ payment, operations, keyOf }: RequestedRefund): TimelineNode[] =>
  refusalsOf(payment?.refund)
    .filter(({ attempt }) => attempt > 1)
    .map(({ attempt, code, at: time }) => {
      const request = operations.find(({ operation, at }) => operation === 'refund_request' && at <= time)
      return {
        key: `payment/refusal/${attempt}`,
        kind: 'failure',
        service: 'payment',
        title: 'RefundRefused',
        messageId: null,
        queue: null,
        at: time,
        detail: `${wordsOf(code ?? 'no reason given')}, attempt ${attempt}`,
        cause: request ? keyOf(request) : null,
        contents: { kind: 'none' },
      }
    })
