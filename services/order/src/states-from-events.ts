/**
 * The states of an order, from its history. All events of the history are in the order in which this service has handled or
 * published them. Times of its own clock are left out.
 */
import { type Draft, draft, type Message } from '@quadrille/events'
import type { StatesFromEvents } from '@quadrille/service'
import { OrderSet } from './db/tables.ts'
import type { Order } from './domain/order.ts'

/** The request that led to an event of this service. Null if another service's event did. */
const causeOf = ({ type, time, data }: Message): Draft | null => {
  if (type === 'OrderPlaced') return draft('OrderSubmitted', { ...data, createdAt: time })
  if (type !== 'OrderCancelled') return null
  const { orderId, reason } = data
  return reason === 'customer' || reason === 'expired' ? draft('CancellationRequested', { orderId, reason }) : null
}

export const statesFromEvents: StatesFromEvents<Order | undefined, Message> = {
  start: () => new OrderSet(),
  causeOf,
  shown: (order) => {
    if (!order) return null
    const { createdAt: _, updatedAt: __, ...shown } = order
    return shown
  },
}
