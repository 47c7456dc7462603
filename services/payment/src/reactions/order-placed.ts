import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { capturedZero, processed } from '../domain/capture.ts'
import { pending } from '../domain/payment.ts'
import { reaction } from './reaction.ts'

export const orderPlaced = reaction('OrderPlaced', (payment, { data }) => {
  if (payment) return nothing // handled before, or cancelled first: the tombstone stays
  const { orderId, total: amount, currency, expiresAt } = data
  if (amount === 0) {
    const state = capturedZero(pending(data))
    return { state, events: [processed(state)] }
  }
  const charge = draft('Charge', { orderId, amount, currency, method: data.payment.method, expiresAt })
  return { state: pending(data), tasks: [charge] }
})
