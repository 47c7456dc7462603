/**
 * The statuses of an order, and the messages that move it from one to the next. Other messages change only its payment, inventory,
 * notifications and parcels.
 */
import type { Lifecycle } from '@quadrille/messages'
import type { MessageType } from './shop.ts'

export const orderStatuses = ['placed', 'paid', 'fulfilled', 'cancelled'] as const

export type OrderStatus = (typeof orderStatuses)[number]

/** The status of an order that has just been accepted. */
export const initialStatus: OrderStatus = 'placed'

export const orderLifecycle = {
  placed: {
    PaymentProcessed: 'paid',
    InventoryReserved: 'fulfilled',
    PaymentDeclined: 'cancelled',
    InventoryRejected: 'cancelled',
    CancellationRequested: 'cancelled',
  },
  paid: {
    InventoryReserved: 'fulfilled',
    InventoryRejected: 'cancelled',
    CancellationRequested: 'cancelled',
  },
  fulfilled: null,
  cancelled: null,
} as const satisfies Lifecycle<OrderStatus, MessageType>

/** The status to which a message moves an order. Undefined if it doesn't move it. */
export const nextStatus = (status: OrderStatus, type: MessageType): OrderStatus | undefined => {
  const transitions: Partial<Record<MessageType, OrderStatus>> | null = orderLifecycle[status]
  return transitions?.[type]
}
