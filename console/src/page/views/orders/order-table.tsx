import type { ListedOrder } from '../../api/types.ts'
import { moneyOf } from '../../format.ts'
import { Age } from '../../parts/age.tsx'
import { OrderLink } from '../../parts/order-link.tsx'
import { OrderStatus } from '../../parts/order-status.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Where } from '../../parts/where.tsx'
import { Diagnoses } from './diagnoses.tsx'

/** The orders of a page, the newest first. A row leads to its order. */
export const OrderTable = ({ orders }: { readonly orders: readonly ListedOrder[] }) => (
  <Table caption="Orders, the newest first" columns={columns} rows={orders} keyOf={({ id }) => id} isLinked />
)

const columns: readonly Column<ListedOrder>[] = [
  { name: 'Order', cell: ({ id }) => <OrderLink id={id} />, isHeading: true },
  { name: 'Status', cell: (order) => <OrderStatus order={order} /> },
  { name: 'Waits for', cell: (order) => <Waiting order={order} /> },
  { name: 'Customer', cell: ({ customer }) => customer.id, class: 'wide clipped' },
  { name: 'Reference', cell: ({ reference }) => reference ?? <span class="faint">–</span>, class: 'wide clipped' },
  { name: 'Total', cell: ({ total, currency }) => moneyOf(total, currency), class: 'number' },
  { name: 'Age', cell: ({ createdAt }) => <Age time={createdAt} />, class: 'number' },
]

const Waiting = ({ order }: { readonly order: ListedOrder }) =>
  order.diagnoses && order.diagnoses.length > 0 ? <Diagnoses diagnoses={order.diagnoses} /> : <Where order={order} />
