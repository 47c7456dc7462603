/** The decisions that end an order. */
import { type CancellationReason, type Draft, draft } from '@quadrille/events'
import type { Order } from './order.ts'

type Outcome = { readonly state: Order; readonly events: readonly Draft<'OrderFulfilled' | 'OrderCancelled'>[] }

const orderData = ({ id, customer, currency, total, lines, reference, metadata }: Order) => ({
  orderId: id,
  customer,
  currency,
  total,
  lines: [...lines],
  ...(reference !== null && { reference }),
  ...(metadata !== null && { metadata: { ...metadata } }),
})

export const fulfil = (order: Order): Outcome => ({ state: order, events: [draft('OrderFulfilled', orderData(order))] })

export const cancel = (order: Order, reason: CancellationReason): Outcome => ({
  state: { ...order, cancellationReason: reason },
  events: [draft('OrderCancelled', { ...orderData(order), reason })],
})
