import { draft, type StockLine } from '@quadrille/events'
import { hold, missingOf, type StockBySku } from '../domain/stock.ts'
import type { DecisionFor } from './reaction.ts'

interface RequestedStock {
  readonly orderId: string
  readonly lines: readonly StockLine[]
}

/** Holds all lines of an order that is placed and paid, or none of them. The answer is final. */
export const reserve = (
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
