import type { Sql } from '@quadrille/postgres'
import type { AcceptedOrder, Ending } from '../external-facts.ts'
import { waitsForOperator } from '../in-progress.ts'
import type { OrderRecord } from '../records/order-record.ts'
import type { Violation } from '../report.ts'
import { checkEach, type Faults, type Invariant, type Slice, violationsOf } from './invariant.ts'

export const everyOrderEnds: Invariant = {
  name: 'I1',
  claim: 'every accepted order ends in exactly one terminal state; no order is lost or duplicated',
  checkOrders: (slice) => {
    const orders = [...slice.records.orders.values()]
    return {
      checked: {
        orders: orders.length,
        'in progress': orders.filter(slice.isInProgress).length,
        'waiting for an operator': orders.filter((order) => waitsForOperator(order, slice.records)).length,
      },
      violations: checkEach(slice.records.orders, (order) => endingFaults(order, slice)),
    }
  },
  checkSystem: async ({ snapshots: { order }, facts: { accepted } }) => {
    if (!accepted) return { checked: { accepted: 0 }, violations: [] }
    const [endings, unknown] = await Promise.all([readEndings(order, accepted), readUnknownToClients(order, accepted)])
    return {
      checked: { accepted: accepted.length },
      violations: [
        ...accepted.flatMap((each) => violationsOf(each.orderId, acceptedOrderFaults(each, endings.get(each.orderId)))),
        ...unknown,
      ],
    }
  },
}

function* endingFaults(order: OrderRecord, { records, analyse, isInProgress }: Slice): Faults {
  const { id, status, settled, inventory } = order
  const { events } = analyse(records.histories.get(id)?.eventList ?? '')
  const ends = events.filter(({ type }) => type === 'OrderFulfilled' || type === 'OrderCancelled').length
  if (ends > 1) yield `ended ${ends} times`
  if (isInProgress(order)) return
  const terminal = status === 'fulfilled' || status === 'cancelled'
  if (!terminal) yield `has not ended: it is ${status}`
  const inventoryAnswered = inventory === 'rejected' || inventory === 'released'
  if (terminal && !settled && !(inventoryAnswered && waitsForOperator(order, records)))
    yield `is not settled: payment ${paymentOf(order, records)}, inventory ${inventory}`
}

/** After a refused refund, only payment's own record shows whether it was requested again. */
const paymentOf = ({ id, payment }: OrderRecord, { payments }: Slice['records']): string =>
  payment === 'refund_failed' ? (payments.get(id)?.status ?? payment) : payment

interface EndingRow {
  readonly id: string
  /** Null while it is open. */
  readonly ending: Ending | null
}

const readEndings = async (sql: Sql, accepted: readonly AcceptedOrder[]): Promise<Map<string, EndingRow>> => {
  const rows = await sql.query<EndingRow>(
    `select id, coalesce(cancellation_reason, case status when 'fulfilled' then status end) as ending
     from customer_order where id = any($1::uuid[])`,
    [idsOf(accepted)],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Orders whose id no client received: for example, a retried request created a second order. */
const readUnknownToClients = (sql: Sql, accepted: readonly AcceptedOrder[]): Promise<Violation[]> =>
  sql.query<Violation>(
    `select id as subject, 'exists, but no client received its id' as detail
     from customer_order left join unnest($1::uuid[]) as known (order_id) on id = order_id where order_id is null`,
    [idsOf(accepted)],
  )

const idsOf = (accepted: readonly AcceptedOrder[]): string[] => accepted.map(({ orderId }) => orderId)

function* acceptedOrderFaults({ endings }: AcceptedOrder, order: EndingRow | undefined): Faults {
  if (!order) yield 'was accepted, but does not exist'
  else if (order.ending && endings && !endings.includes(order.ending))
    yield `ended as ${order.ending}, not as ${endings.join(' or ')}`
}
