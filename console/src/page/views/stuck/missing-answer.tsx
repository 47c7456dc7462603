/** An answer that an order waits for: which service must give it, where the message is, and the action that helps. */
import type { Diagnosis, Order } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { ageOf } from '../../format.ts'
import type { BlockingLetter } from '../../shop/blocking-letters.ts'
import { eventsOf, whereOf } from '../../shop/sentence.ts'
import { helpFor } from './help.ts'
import { LetterLinks } from './letter-links.tsx'
import { RefundActions } from './refund-actions.tsx'
import { refundAdvice, refundSentence } from './refund-sentence.ts'
import { useRefund } from './use-refund.ts'

interface MissingAnswerProps {
  readonly order: Pick<Order, 'id' | 'payment'>
  readonly diagnosis: Diagnosis
  /** The dead letters of the order. */
  readonly letters: readonly BlockingLetter[]
  /** Called after an action, with what it did if the order is thereby settled. */
  readonly onChange: (done?: string) => void
}

export const MissingAnswer = ({ letters, ...props }: MissingAnswerProps) => {
  const { order, diagnosis } = props
  const help = helpFor(order, diagnosis)
  if (help.kind === 'refund') return <RefusedRefund {...props} />
  return (
    <div class="diagnosis">
      <p class={diagnosis.where.error ? 'missing failing' : 'missing'}>
        <Waiting diagnosis={diagnosis} /> {whereOf(diagnosis)}
      </p>
      {help.kind === 'dead_letter' && (
        <LetterLinks letters={[{ ...help, type: diagnosis.where.type ?? 'message' }, ...letters]} />
      )}
      {help.kind === 'none' && <p class="faint">{help.why}</p>}
    </div>
  )
}

const Waiting = ({ diagnosis }: { readonly diagnosis: Diagnosis }) => (
  <>
    The order {diagnosis.since ? `has waited ${ageOf(diagnosis.since, nowMs.value)}` : 'waits'} for an answer from{' '}
    <strong>{diagnosis.owedBy}</strong>: {eventsOf(diagnosis)}.
  </>
)

/** It follows a retry until the gateway has answered. */
const RefusedRefund = ({ order, diagnosis, onChange }: Omit<MissingAnswerProps, 'letters'>) => {
  const refund = useRefund(order.id)
  const payment = refund.error ? undefined : refund.body
  const advice = refundAdvice(payment)
  return (
    <div class="diagnosis">
      <p class="missing failing">
        <Waiting diagnosis={diagnosis} /> <span role="status">{refundSentence(refund)}</span>
        {payment?.status === 'refunded' && ` ${whereOf(diagnosis)}`}
      </p>
      {advice && <p class="advice">{advice}</p>}
      <div class="actions">
        <RefundActions
          orderId={order.id}
          payment={refund.body}
          obstacle={payment?.status === 'refund_failed' ? undefined : refundSentence(refund)}
          onChange={(done) => {
            refund.reload()
            onChange(done)
          }}
        />
      </div>
    </div>
  )
}
