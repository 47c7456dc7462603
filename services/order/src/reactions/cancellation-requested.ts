import { nothing } from '@quadrille/service'
import { advance } from '../domain/order.ts'
import { cancel } from '../domain/outcomes.ts'
import { reaction } from './reaction.ts'

export const cancellationRequested = reaction('CancellationRequested', (order, { type, data }) => {
  const next = order && advance(order, type)
  return next ? cancel(next, data.reason) : nothing
})
