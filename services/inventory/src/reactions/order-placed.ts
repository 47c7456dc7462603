import { nothing } from '@quadrille/service'
import { waitsFor } from '../domain/reservation.ts'
import { sumBySku } from '../domain/stock.ts'
import { reaction } from './reaction.ts'
import { reserve } from './reserve.ts'

export const orderPlaced = reaction('OrderPlaced', ({ reservation, stock }, { data }) => {
  const requested = { orderId: data.orderId, lines: sumBySku(data.lines) }
  if (!reservation) return { state: { reservation: { ...requested, status: 'pending', waitsFor: 'payment' }, stock } }
  if (!waitsFor(reservation, 'order')) return nothing // handled before, or cancelled first: the tombstone stays
  return reserve(requested, stock)
})
