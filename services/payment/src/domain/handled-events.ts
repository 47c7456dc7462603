import type { MessageType } from '@quadrille/events'
import { isCancelled, type Payment } from './payment.ts'

/** The events that a payment has handled, derived from its state. The state is kept longer than the inbox rows. */
export const handledEvents = (payment: Payment): readonly MessageType[] =>
  isCancelled(payment) ? ['OrderCancelled'] : ['OrderPlaced']
