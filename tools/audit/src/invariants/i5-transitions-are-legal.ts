import type { OrderStatus } from '@quadrille/events'
import type { OrderRecord } from '../records/order-record.ts'
import type { Records } from '../records/records.ts'
import { checkEach, type Faults, type Invariant, type Slice } from './invariant.ts'

/** The states of payment and inventory that are possible with each status of an order. */
const shown: Record<OrderStatus, { readonly payment: readonly string[]; readonly inventory: readonly string[] }> = {
  placed: { payment: ['pending'], inventory: ['pending'] },
  paid: { payment: ['captured'], inventory: ['pending'] },
  fulfilled: { payment: ['captured'], inventory: ['reserved'] },
  cancelled: {
    payment: ['pending', 'declined', 'voided', 'refunding', 'refund_failed', 'refunded'],
    inventory: ['pending', 'reserved', 'rejected', 'released'],
  },
}

export const transitionsAreLegal: Invariant = {
  name: 'I5',
  claim: 'only legal transitions: no effect without its cause or before it, and no two events that exclude each other',
  checkOrders: (slice) => {
    const { orders } = slice.records
    const histories = completeHistories(slice.records)
    return {
      checked: { orders: orders.size, histories: histories.size },
      violations: [
        ...checkEach(histories, ({ eventList }, orderId) => historyFaults(orderId, eventList, slice)),
        ...checkEach(orders, orderFaults),
      ],
    }
  },
}

/** Those that were not deleted. */
const completeHistories = ({ orders, histories }: Records): Records['histories'] =>
  new Map([...histories].filter(([orderId]) => orders.get(orderId)?.hasHistory !== false))

function* historyFaults(
  orderId: string,
  eventList: string,
  { analyse, records: { orders }, isInProgress }: Slice,
): Faults {
  const { illegal, missing, isAnswered } = analyse(eventList)
  const order = orders.get(orderId)
  yield* illegal
  if (order?.settled && order.status === 'cancelled' && !isAnswered) yield 'is settled before both answers have arrived'
  if (!(order && isInProgress(order))) yield* missing
}

function* orderFaults({ status, settled, payment, inventory, hasHistory }: OrderRecord): Faults {
  if (!shown[status].payment.includes(payment) || !shown[status].inventory.includes(inventory))
    yield `is ${status}, with payment ${payment} and inventory ${inventory}`
  const isAnswered = payment !== 'pending' && ['rejected', 'released'].includes(inventory)
  if (!hasHistory && settled && status === 'cancelled' && !isAnswered)
    yield 'is settled before both answers have arrived'
  if (settled && (status === 'placed' || status === 'paid')) yield `is settled, but still ${status}`
}
