/** The decisions that end an order. */
import { type CancellationReason, type Draft, draft } from '@quadrille/events'
import type { Order } from './order.ts'

interface Outcome<Type extends 'OrderFulfilled' | 'OrderCancelled'> {
  readonly state: Order
  readonly events: readonly Draft<Type>[]
}

const orderData = ({ id, customer, currency, total, lines, reference, metadata }: Order) => ({
  orderId: id,
  customer,
  currency,
  total,
  lines: [...lines],
  ...(reference !== null && { reference }),
  ...(metadata !== null && { metadata: { ...metadata } }),
})

export const announceFulfilled = (order: Order): Outcome<'OrderFulfilled'> => ({
  state: order,
  events: [draft('OrderFulfilled', orderData(order))],
})

export const announceCancelled = (order: Order, reason: CancellationReason): Outcome<'OrderCancelled'> => ({
  state: { ...order, cancellationReason: reason },
  events: [draft('OrderCancelled', { ...orderData(order), reason })],
})
