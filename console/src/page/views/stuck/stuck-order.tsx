/** One stuck order: why it is stuck, and the action that helps. */
import type { ListedOrder } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { ageOf, moneyOf } from '../../format.ts'
import { OrderLink } from '../../parts/order-link.tsx'
import { OrderStatus } from '../../parts/order-status.tsx'
import type { BlockingLetter } from '../../shop/blocking-letters.ts'
import { MissingAnswer } from './missing-answer.tsx'

interface StuckOrderProps {
  readonly order: ListedOrder
  /** The dead letters of the order. */
  readonly letters: readonly BlockingLetter[]
  /** Called after an action, with what it did if the order is thereby settled. */
  readonly onChange: (done?: string) => void
}

export const StuckOrder = ({ order, letters, onChange }: StuckOrderProps) => {
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
        <MissingAnswer
          key={diagnosis.owedBy}
          order={order}
          diagnosis={diagnosis}
          letters={letters}
          onChange={onChange}
        />
      ))}
      {diagnoses.length === 0 && <p class="faint">Its answers have just arrived.</p>}
    </li>
  )
}
