import type { OrderRecord } from '../records/order-record.ts'
import type { Violation } from '../report.ts'
import type { AcceptedOrder } from '../witness.ts'
import { type Invariant, violationsOf } from './invariant.ts'

/** An order whose refund was refused for good is cancelled, but not settled before a person has acted. */
const waitsForPerson = ({ status, payment }: OrderRecord): boolean =>
  status === 'cancelled' && payment === 'refund_failed'

export const everyOrderEnds: Invariant = {
  name: 'I1',
  claim: 'every accepted order ends in exactly one terminal state, and none is lost',
  check: ({ records: { orders, histories }, witness: { accepted = [] } }) => ({
    checked: {
      orders: orders.size,
      accepted: accepted.length,
      'waiting for a person': [...orders.values()].filter(waitsForPerson).length,
    },
    violations: [
      ...[...orders.values()].flatMap((order) => endsOnce(order, histories.get(order.id) ?? [])),
      ...accepted.flatMap((promise) => isKept(promise, orders.get(promise.orderId))),
    ],
  }),
}

const endsOnce = (order: OrderRecord, history: readonly { readonly type: string }[]): Violation[] => {
  const ends = history.filter(({ type }) => type === 'OrderFulfilled' || type === 'OrderCancelled')
  const terminal = order.status === 'fulfilled' || order.status === 'cancelled'
  return violationsOf(order.id, {
    [`has not ended: it is ${order.status}`]: !terminal,
    [`is not settled: payment ${order.payment}, inventory ${order.inventory}`]:
      terminal && !order.settled && !waitsForPerson(order),
    [`ended ${ends.length} times`]: ends.length > 1,
  })
}

const isKept = ({ orderId, endings }: AcceptedOrder, order: OrderRecord | undefined): Violation[] => {
  if (!order) return [{ subject: orderId, detail: 'was accepted, and is lost' }]
  const ending = order.reason ?? (order.status === 'fulfilled' ? 'fulfilled' : null)
  return violationsOf(orderId, {
    [`ended as ${ending}, not as ${endings?.join(' or ')}`]:
      ending !== null && endings !== undefined && !endings.includes(ending),
  })
}
