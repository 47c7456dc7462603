import { nothing } from '@quadrille/service'
import { waitsFor } from '../domain/reservation.ts'
import { reaction } from './reaction.ts'
import { reserve } from './reserve.ts'

export const paymentProcessed = reaction('PaymentProcessed', ({ reservation, stock }, { data: { orderId } }) => {
  if (!reservation)
    return { state: { reservation: { orderId, lines: [], status: 'pending', waitsFor: 'order' }, stock } }
  if (!waitsFor(reservation, 'payment')) return nothing // handled before, or cancelled first: the tombstone stays
  return reserve(reservation, stock)
})
