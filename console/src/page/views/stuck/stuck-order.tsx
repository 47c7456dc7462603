/** One stuck order: why it is stuck, and the action that helps. */
import type { Diagnosis, ListedOrder } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { ageOf, moneyOf } from '../../format.ts'
import { OrderLink } from '../../parts/order-link.tsx'
import { OrderStatus } from '../../parts/order-status.tsx'
import { eventsOf, whereOf } from '../order/timeline/sentence.ts'
import { type Help, helpFor } from './help.ts'
import { RefundActions } from './refund-actions.tsx'

interface StuckOrderProps {
  readonly order: ListedOrder
  readonly onChange: () => void
}

export const StuckOrder = ({ order, onChange }: StuckOrderProps) => {
  const { id, customer, total, currency, createdAt, diagnoses = [] } = order
  return (
    <li class="panel stuck-order">
      <header>
        <h2>
          <OrderLink id={id} />
        </h2>
        <OrderStatus order={order} />
        <span class="faint clipped">{customer.id}</span>
        <span class="faint">{moneyOf(total, currency)}</span>
        <span class="age">open for {ageOf(createdAt, nowMs.value)}</span>
      </header>
      {diagnoses.map((diagnosis) => (
        <div key={diagnosis.owedBy} class="diagnosis">
          <Sentence diagnosis={diagnosis} help={helpFor(order, diagnosis)} />
          <Action order={order} help={helpFor(order, diagnosis)} onChange={onChange} />
        </div>
      ))}
      {diagnoses.length === 0 && <p class="faint">Its answers have just arrived.</p>}
    </li>
  )
}

const Sentence = ({ diagnosis, help }: { readonly diagnosis: Diagnosis; readonly help: Help }) => {
  const { owedBy, since, where, remedy } = diagnosis
  return (
    <p class={where.error || remedy ? 'missing failing' : 'missing'}>
      <strong>{owedBy}</strong> owes {eventsOf(diagnosis)}
      {since && ` for ${ageOf(since, nowMs.value)}`}.{' '}
      {help.kind === 'refund' ? 'The gateway refused the refund.' : `${whereOf(diagnosis)} ${remedy ?? ''}`}
    </p>
  )
}

const Action = ({ order, help, onChange }: StuckOrderProps & { readonly help: Help }) => {
  switch (help.kind) {
    case 'dead_letter':
      return (
        <div class="actions">
          <a class="button" href={`/dead-letters/${help.service}/${help.id}`}>
            Open the dead letter
          </a>
        </div>
      )
    case 'refund':
      return (
        <div class="actions">
          <RefundActions order={order} onChange={onChange} />
        </div>
      )
    case 'none':
      return (
        <p class="faint">
          No button helps: {help.why} <a href={`/orders/${order.id}`}>Show the order</a>
        </p>
      )
  }
}
