import { draft } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { captureZeroTotal, draftPaymentProcessed } from '../domain/capture.ts'
import { pending } from '../domain/payment.ts'
import { reaction } from './reaction.ts'

export const orderPlaced = reaction('OrderPlaced', (payment, { data }) => {
  if (payment) return nothing // a duplicate, or the cancellation arrived first and left a tombstone
  const { orderId, total: amount, currency, expiresAt } = data
  if (amount === 0) {
    const state = captureZeroTotal(pending(data))
    return { state, events: [draftPaymentProcessed(state)] }
  }
  const charge = draft('Charge', { orderId, amount, currency, method: data.payment.method, expiresAt })
  return { state: pending(data), tasks: [charge] }
})
