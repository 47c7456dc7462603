/**
 * The states of a payment, from the events of its order. An outcome of the gateway is known by payment's own event. The history
 * contains neither the numbers of attempts and rounds, nor the reference of a charge that was not captured, so they are left out.
 */
import type { Message } from '@quadrille/events'
import type { StatesFromEvents } from '@quadrille/service'
import { PaymentSet } from './db/tables.ts'
import { hasCapture, type Payment } from './domain/payment.ts'
import { intentReference } from './domain/reference.ts'

export const statesFromEvents: StatesFromEvents<Payment | undefined, Message> = {
  start: () => new PaymentSet(),
  shown: (payment) => {
    if (!payment) return null
    const hidden = hasCapture(payment) ? ['attempts', 'round'] : ['attempts', 'gatewayReference']
    const fields = { ...payment, gatewayReference: intentReference(payment.gatewayReference) }
    return Object.fromEntries(Object.entries(fields).filter(([field]) => !hidden.includes(field)))
  },
}
