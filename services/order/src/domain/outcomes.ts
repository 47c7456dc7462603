/** The events that end an order. */
import { type CancellationReason, type Draft, draft } from '@quadrille/events'
import type { Order } from './order.ts'

type Decided = { readonly state: Order; readonly events: readonly Draft<'OrderFulfilled' | 'OrderCancelled'>[] }

const facts = ({ id, customer, currency, total, lines, reference, metadata }: Order) => ({
  orderId: id,
  customer,
  currency,
  total,
  lines: [...lines],
  ...(reference !== null && { reference }),
  ...(metadata !== null && { metadata: { ...metadata } }),
})

export const fulfilled = (order: Order): Decided => ({ state: order, events: [draft('OrderFulfilled', facts(order))] })

export const cancelled = (order: Order, reason: CancellationReason): Decided => ({
  state: { ...order, cancellationReason: reason },
  events: [draft('OrderCancelled', { ...facts(order), reason })],
})
