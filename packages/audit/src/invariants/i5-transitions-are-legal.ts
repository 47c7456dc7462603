import type { MessageType, OrderStatus } from '@quadrille/events'
import type { EventRecord } from '../records/history-record.ts'
import type { OrderRecord } from '../records/order-record.ts'
import type { Violation } from '../report.ts'
import { type Invariant, violationsOf } from './invariant.ts'

/** What must have happened before an event, seen from the order service: it learns of a cause before its effects. */
const causes: Partial<Record<MessageType, readonly MessageType[]>> = {
  OrderFulfilled: ['OrderPlaced', 'InventoryReserved'],
  OrderCancelled: ['OrderPlaced'],
  PaymentProcessed: ['OrderPlaced'],
  PaymentDeclined: ['OrderPlaced'],
  PaymentVoided: ['OrderPlaced', 'OrderCancelled'],
  PaymentRefunded: ['OrderPlaced', 'OrderCancelled'],
  PaymentRefundFailed: ['OrderPlaced', 'OrderCancelled'],
  InventoryReserved: ['OrderPlaced'],
  InventoryRejected: ['OrderPlaced'],
  InventoryReleased: ['OrderPlaced', 'OrderCancelled'],
}

/** What must have happened as well, but may become known later, as it comes from another service. */
const companions: Partial<Record<MessageType, readonly MessageType[]>> = {
  InventoryReserved: ['PaymentProcessed'],
  InventoryRejected: ['PaymentProcessed'],
  PaymentRefunded: ['PaymentProcessed'],
  PaymentRefundFailed: ['PaymentProcessed'],
}

/** Two of which an order has one at most. */
const alternatives: readonly (readonly [MessageType, MessageType])[] = [
  ['OrderFulfilled', 'OrderCancelled'],
  ['OrderFulfilled', 'PaymentDeclined'],
  ['InventoryReserved', 'InventoryRejected'],
  ['InventoryRejected', 'InventoryReleased'],
  ['PaymentVoided', 'PaymentDeclined'],
  ['PaymentVoided', 'PaymentProcessed'],
]

/** The states of payment and inventory that an order may show in each status of its own. */
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
  check: ({ records: { orders, histories } }) => ({
    checked: { orders: orders.size, histories: histories.size },
    violations: [
      ...[...histories.entries()].flatMap(([orderId, history]) => isLegal(orderId, history)),
      ...[...orders.values()].flatMap(isReachable),
    ],
  }),
}

const isLegal = (orderId: string, history: readonly EventRecord[]): Violation[] => {
  const types = history.map(({ type }) => type as MessageType)
  const all = new Set(types)
  const faults = [
    ...types.flatMap((type, position) =>
      [...(causes[type] ?? []), ...causeOfCancellation(history[position])]
        .filter((cause) => !types.slice(0, position).includes(cause))
        .map((cause) => `${type} without ${cause} before it`),
    ),
    ...types.flatMap((type) =>
      (companions[type] ?? []).filter((other) => !all.has(other)).map((other) => `${type} without ${other}`),
    ),
    ...alternatives.filter((pair) => pair.every((type) => all.has(type))).map((pair) => pair.join(' and ')),
  ]
  return faults.map((detail) => ({ subject: orderId, detail }))
}

const causeOfCancellation = (event: EventRecord | undefined): MessageType[] => {
  if (event?.type !== 'OrderCancelled') return []
  if (event.about === 'payment_declined') return ['PaymentDeclined']
  return event.about === 'out_of_stock' ? ['InventoryRejected'] : []
}

const isReachable = ({ id, status, settled, payment, inventory }: OrderRecord): Violation[] => {
  const answered = ['declined', 'voided', 'refunded'].includes(payment) && ['rejected', 'released'].includes(inventory)
  return violationsOf(id, {
    [`is ${status}, with payment ${payment} and inventory ${inventory}`]:
      !shown[status].payment.includes(payment) || !shown[status].inventory.includes(inventory),
    'is settled before both answers are in': settled && status === 'cancelled' && !answered,
    'is settled, and still open': settled && (status === 'placed' || status === 'paid'),
  })
}
