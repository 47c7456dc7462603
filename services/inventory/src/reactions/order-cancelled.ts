import { draft, type StockLine } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { free, type StockBySku } from '../domain/stock.ts'
import { type DecisionFor, reaction } from './reaction.ts'

/** Answers each cancellation once. A rejection has already answered it. */
export const orderCancelled = reaction('OrderCancelled', ({ reservation, stock }, { data: { orderId } }) => {
  switch (reservation?.status) {
    case undefined:
    case 'pending':
      return release({ orderId, held: [] }, stock)
    case 'reserved':
      return release({ orderId, held: reservation.lines }, stock)
    case 'rejected':
    case 'released':
      return nothing
    case 'committed':
      throw new Error(`Order ${orderId} was fulfilled: it can't be cancelled.`)
  }
})

const release = (
  { orderId, held }: { orderId: string; held: readonly StockLine[] },
  stock: StockBySku,
): DecisionFor<'OrderCancelled'> => ({
  state: { reservation: { orderId, lines: held, status: 'released' }, stock: free(held, stock) },
  events: [draft('InventoryReleased', { orderId, lines: [...held] })],
})
