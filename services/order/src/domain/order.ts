/** An order: its content, its progress, and the answers to its cancellation. */
import type {
  CancellationReason,
  Channel,
  Customer,
  DataOf,
  Line,
  MessageType,
  Occasion,
  OrderStatus,
} from '@quadrille/events'
import { nextStatus } from '@quadrille/events'

/** In the order of progress: a status never goes back. `declined` and `voided` are answers to a cancellation. */
const paymentStatuses = ['pending', 'declined', 'voided', 'captured', 'refunding', 'refund_failed', 'refunded'] as const
const inventoryStatuses = ['pending', 'reserved', 'rejected', 'released'] as const

export type PaymentStatus = (typeof paymentStatuses)[number]
export type InventoryStatus = (typeof inventoryStatuses)[number]

export interface NotificationRecord {
  readonly channel: Channel
  readonly occasion: Occasion
  readonly status: 'sent' | 'failed'
  readonly at: string
}

export interface Order {
  readonly id: string
  readonly status: OrderStatus
  /** Fulfilled, or cancelled and answered by payment and inventory. Never becomes false again. */
  readonly settled: boolean
  readonly cancellationReason: CancellationReason | null
  readonly customer: Customer
  readonly currency: string
  readonly total: number
  readonly lines: readonly Line[]
  readonly reference: string | null
  readonly metadata: Readonly<Record<string, string>> | null
  readonly payment: PaymentStatus
  readonly inventory: InventoryStatus
  readonly notifications: readonly NotificationRecord[]
  readonly createdAt: string
  readonly updatedAt: string
  readonly expiresAt: string
}

/** Creates the order from a valid submission. */
export const place = (submitted: DataOf<'OrderSubmitted'>): Order => ({
  id: submitted.orderId,
  status: 'placed',
  settled: false,
  cancellationReason: null,
  customer: submitted.customer,
  currency: submitted.currency,
  total: submitted.total,
  lines: submitted.lines,
  reference: submitted.reference ?? null,
  metadata: submitted.metadata ?? null,
  payment: 'pending',
  inventory: 'pending',
  notifications: [],
  createdAt: submitted.createdAt,
  updatedAt: submitted.createdAt,
  expiresAt: submitted.expiresAt,
})

/** Applies the transition of the lifecycle for this message. Undefined if it has none in this status. */
export const advance = (order: Order, type: MessageType): Order | undefined => {
  const status = nextStatus(order.status, type)
  return status && withPayment({ ...order, status }, order.payment)
}

/** Applies payment's status. An overtaken event changes nothing. */
export const withPayment = (order: Order, said: PaymentStatus): Order => {
  const payment = later(paymentStatuses, order.payment, said)
  return settle({ ...order, payment: order.status === 'cancelled' && payment === 'captured' ? 'refunding' : payment })
}

/** Applies inventory's status. An overtaken event changes nothing. */
export const withInventory = (order: Order, said: InventoryStatus): Order =>
  settle({ ...order, inventory: later(inventoryStatuses, order.inventory, said) })

/**
 * Adds the result of a notification. The first result per channel and occasion is final, so a replay with another id
 * adds no second one.
 */
export const withNotification = (order: Order, said: NotificationRecord): Order =>
  order.notifications.some(({ channel, occasion }) => channel === said.channel && occasion === said.occasion)
    ? order
    : { ...order, notifications: [...order.notifications, said] }

const later = <Status>(statuses: readonly Status[], current: Status, said: Status): Status =>
  statuses.indexOf(said) > statuses.indexOf(current) ? said : current

const settle = (order: Order): Order => (order.settled || !isSettled(order) ? order : { ...order, settled: true })

const isSettled = ({ status, payment, inventory }: Order): boolean => {
  switch (status) {
    case 'placed':
    case 'paid':
      return false
    case 'fulfilled':
      return true
    case 'cancelled':
      return paymentAnswered(payment) && (inventory === 'rejected' || inventory === 'released')
  }
}

/** Payment's answers to a cancellation. A failed refund is not an answer, because an operator must act. */
const paymentAnswered = (payment: PaymentStatus): boolean =>
  payment === 'declined' || payment === 'voided' || payment === 'refunded'
