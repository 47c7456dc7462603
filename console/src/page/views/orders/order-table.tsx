import type { ListedOrder } from '../../api/types.ts'
import { moneyOf } from '../../format.ts'
import { Age } from '../../parts/age.tsx'
import { OrderLink } from '../../parts/order-link.tsx'
import { OrderStatus } from '../../parts/order-status.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Where } from '../../parts/where.tsx'
import { Diagnoses } from './diagnoses.tsx'

interface OrderTableProps {
  readonly orders: readonly ListedOrder[]
  /** The id of the newest stuck order. Undefined if none is known. */
  readonly newestStuck: string | undefined
}

/** The orders of a page, the newest first. A row leads to its order. */
export const OrderTable = ({ orders, newestStuck }: OrderTableProps) => (
  <Table
    caption="Orders, the newest first"
    columns={columnsOf(newestStuck)}
    rows={orders}
    keyOf={({ id }) => id}
    isLinked
  />
)

const columnsOf = (newestStuck = ''): readonly Column<ListedOrder>[] => [
  { name: 'Order', cell: ({ id }) => <OrderLink id={id} />, isHeading: true },
  { name: 'Status', cell: (order) => <OrderStatus order={order} /> },
  { name: 'Waits for', cell: (order) => <Waiting order={order} isStuck={!order.settled && order.id <= newestStuck} /> },
  { name: 'Customer', cell: ({ customer }) => customer.id, class: 'wide clipped' },
  { name: 'Reference', cell: ({ reference }) => reference ?? <span class="faint">–</span>, class: 'wide clipped' },
  { name: 'Total', cell: ({ total, currency }) => moneyOf(total, currency), class: 'number' },
  { name: 'Age', cell: ({ createdAt }) => <Age time={createdAt} />, class: 'number' },
]

interface WaitingProps {
  readonly order: ListedOrder
  readonly isStuck: boolean
}

const Waiting = ({ order, isStuck }: WaitingProps) =>
  order.diagnoses && order.diagnoses.length > 0 ? (
    <Diagnoses diagnoses={order.diagnoses} />
  ) : (
    <>
      <Where order={order} />
      {isStuck && <span class="alarming">stuck</span>}
    </>
  )
