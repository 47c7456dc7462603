import type { MessageType } from '@quadrille/events'
import { isCancelled, type Payment } from './payment.ts'

/** Which events the payment itself shows to have had their effect: it knows that for longer than the inbox does. */
export const handledOf = (payment: Payment): readonly MessageType[] =>
  isCancelled(payment) ? ['OrderCancelled'] : ['OrderPlaced']
