import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { place } from '../domain/order.ts'
import { reaction } from './reaction.ts'

export const orderSubmitted = reaction('OrderSubmitted', (order, { data }) => {
  if (order) return nothing // the idempotency key belongs to this order
  const { createdAt: _, idempotency: __, ...placed } = data
  return { state: place(data), events: [draft('OrderPlaced', placed)] }
})
