import type { MessageType } from '@quadrille/events'
import type { Reservation } from './reservation.ts'

/** Which events the reservation itself shows to have had their effect: it knows that for longer than the inbox does. */
export const handledOf = (reservation: Reservation): readonly MessageType[] => {
  switch (reservation.status) {
    case 'pending':
      return reservation.waitsFor === 'order' ? ['PaymentProcessed'] : ['OrderPlaced']
    case 'reserved':
    case 'rejected':
      return ['OrderPlaced', 'PaymentProcessed']
    case 'released':
      return ['OrderCancelled']
    case 'committed':
      return ['OrderPlaced', 'PaymentProcessed', 'OrderFulfilled']
  }
}
