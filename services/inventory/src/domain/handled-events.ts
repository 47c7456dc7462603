import type { MessageType } from '@quadrille/events'
import type { Reservation } from './reservation.ts'

/** The events that a reservation has handled, derived from its state. The state is kept longer than the inbox rows. */
export const handledEvents = (reservation: Reservation): readonly MessageType[] => {
  switch (reservation.status) {
    case 'pending':
      return reservation.waitsFor === 'order' ? ['PaymentProcessed'] : ['OrderPlaced']
    case 'reserved':
      return ['OrderPlaced', 'PaymentProcessed']
    case 'rejected': // a cancellation changes nothing
      return ['OrderPlaced', 'PaymentProcessed', 'OrderCancelled']
    case 'released':
      return ['OrderCancelled']
    case 'committed':
      return ['OrderPlaced', 'PaymentProcessed', 'OrderFulfilled']
  }
}
