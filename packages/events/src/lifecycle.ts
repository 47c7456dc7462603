/** The states of an order, and what moves it from one to the next. Everything else that arrives is history only. */
import type { MessageType } from './catalog.ts'

export type OrderStatus = 'placed' | 'paid' | 'fulfilled' | 'cancelled'

/** The state of an order that has just been accepted. */
export const initialStatus: OrderStatus = 'placed'

/** `null` marks a terminal state. */
export type Lifecycle<Status extends string = string> = Readonly<
  Record<Status, Partial<Readonly<Record<MessageType, Status>>> | null>
>

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
} as const satisfies Lifecycle<OrderStatus>

/** Where a message moves an order, or undefined where it moves it nowhere. */
export const nextStatus = (status: OrderStatus, type: MessageType): OrderStatus | undefined => {
  const exits: Partial<Record<MessageType, OrderStatus>> | null = orderLifecycle[status]
  return exits?.[type]
}
