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
import { initialStatus, nextStatus } from '@quadrille/events'

/**
 * In order of progress: a status never goes back. A late capture overrides `declined` and `voided`, because
 * it must be refunded.
 */
export const paymentStatuses = [
  'pending',
  'declined',
  'voided',
  'captured',
  'refunding',
  'refund_failed',
  'refunded',
] as const
export const inventoryStatuses = ['pending', 'reserved', 'rejected', 'released'] as const

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
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly expiresAt: Date
}

/** Creates an order from a valid submission. */
export const place = (submitted: DataOf<'OrderSubmitted'>): Order => ({
  id: submitted.orderId,
  status: initialStatus,
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
  createdAt: new Date(submitted.createdAt),
  updatedAt: new Date(submitted.createdAt),
  expiresAt: new Date(submitted.expiresAt),
})

/** Changes the status of the order by this message. Undefined if the lifecycle has no such transition. */
export const advance = (order: Order, type: MessageType): Order | undefined => {
  const status = nextStatus(order.status, type)
  return status && consistent({ ...order, status })
}

/** Updates the status of the payment, unless the event arrived late. */
export const withPayment = (order: Order, reported: PaymentStatus): Order =>
  consistent({ ...order, payment: later(paymentStatuses, order.payment, reported) })

/** Updates the status of the reservation, unless the event arrived late. */
export const withInventory = (order: Order, reported: InventoryStatus): Order =>
  consistent({ ...order, inventory: later(inventoryStatuses, order.inventory, reported) })

/**
 * Adds the result of a notification. The first result per channel and occasion is final, so a replay under another id
 * adds nothing.
 */
export const withNotification = (order: Order, added: NotificationRecord): Order =>
  order.notifications.some(({ channel, occasion }) => channel === added.channel && occasion === added.occasion)
    ? order
    : { ...order, notifications: [...order.notifications, added] }

const later = <Status>(statuses: readonly Status[], current: Status, reported: Status): Status =>
  statuses.indexOf(reported) > statuses.indexOf(current) ? reported : current

/**
 * The order with the consequences of its status, payment and inventory: a capture of a cancelled order is being refunded, and an
 * answered order is settled.
 */
const consistent = (order: Order): Order => ({
  ...order,
  payment: order.status === 'cancelled' && order.payment === 'captured' ? 'refunding' : order.payment,
  settled: order.settled || isSettled(order),
})

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

/** Whether payment has answered the cancellation. A failed refund is not an answer, because an operator must act. */
const paymentAnswered = (payment: PaymentStatus): boolean =>
  payment === 'declined' || payment === 'voided' || payment === 'refunded'
