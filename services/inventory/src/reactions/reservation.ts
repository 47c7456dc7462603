/** Reactions to the two events that an order needs before its stock is reserved: it is placed, and it is paid. */
import { draft, type StockLine } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { waitsFor } from '../domain/reservation.ts'
import { hold, missingOf, type StockBySku, sumBySku } from '../domain/stock.ts'
import { type DecisionFor, reaction } from './reaction.ts'

export const orderPlaced = reaction('OrderPlaced', ({ reservation, stock }, { data }) => {
  const requested = { orderId: data.orderId, lines: sumBySku(data.lines) }
  if (!reservation) return { state: { reservation: { ...requested, status: 'pending', waitsFor: 'payment' }, stock } }
  if (!waitsFor(reservation, 'order')) return nothing // handled before, or cancelled first: the tombstone stays
  return reserve(requested, stock)
})

export const paymentProcessed = reaction('PaymentProcessed', ({ reservation, stock }, { data: { orderId } }) => {
  if (!reservation)
    return { state: { reservation: { orderId, lines: [], status: 'pending', waitsFor: 'order' }, stock } }
  if (!waitsFor(reservation, 'payment')) return nothing // handled before, or cancelled first: the tombstone stays
  return reserve(reservation, stock)
})

interface RequestedStock {
  readonly orderId: string
  readonly lines: readonly StockLine[]
}

/** Holds all lines of an order that is placed and paid, or none of them. The answer is final. */
const reserve = (
  { orderId, lines }: RequestedStock,
  stock: StockBySku,
): DecisionFor<'OrderPlaced' | 'PaymentProcessed'> => {
  const missing = missingOf(lines, stock)
  if (missing.length > 0) {
    return {
      state: { reservation: { orderId, lines, status: 'rejected', missing }, stock },
      events: [draft('InventoryRejected', { orderId, missing })],
    }
  }
  return {
    state: { reservation: { orderId, lines, status: 'reserved' }, stock: hold(lines, stock) },
    events: [draft('InventoryReserved', { orderId, lines: [...lines] })],
  }
}
