import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { place } from '../domain/order.ts'
import { reaction } from './reaction.ts'

export const orderSubmitted = reaction('OrderSubmitted', (order, { data }) => {
  if (order) return nothing // its idempotency key was used for this order before
  const { createdAt: _, idempotency: __, ...placed } = data
  return { state: place(data), events: [draft('OrderPlaced', placed)] }
})
