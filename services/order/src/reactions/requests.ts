/** Reactions to requests: a submitted order, and its cancellation by a customer or the expiry. */
import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { advance, place } from '../domain/order.ts'
import { announceCancelled } from '../domain/outcomes.ts'
import { reaction } from './reaction.ts'

export const orderSubmitted = reaction('OrderSubmitted', (order, { data }) => {
  if (order) return nothing // the idempotency key belongs to this order
  const { createdAt: _, idempotency: __, ...placed } = data
  return { state: place(data), events: [draft('OrderPlaced', placed)] }
})

export const cancellationRequested = reaction('CancellationRequested', (order, { type, data }) => {
  const next = order && advance(order, type)
  return next ? announceCancelled(next, data.reason) : nothing
})
