/** Reactions to the end of an order. */
import { draft, type StockLine } from '@quadrille/events'
import { nothing } from '@quadrille/service'
import { commit, free, type StockBySku } from '../domain/stock.ts'
import { type DecisionFor, reaction } from './reaction.ts'

export const orderFulfilled = reaction('OrderFulfilled', ({ reservation, stock }, { data: { orderId } }) => {
  switch (reservation?.status) {
    case 'reserved':
      return {
        state: { reservation: { ...reservation, status: 'committed' }, stock: commit(reservation.lines, stock) },
      }
    case 'committed':
      return nothing
    case undefined:
    case 'pending': // the database was restored: reconciliation delivers InventoryReserved before this event
      throw new Error(`Order ${orderId} is fulfilled, but its stock is not reserved yet: run npm run reconcile.`)
    case 'rejected':
    case 'released':
      throw new Error(`Order ${orderId} is fulfilled, but its reservation is ${reservation.status}: run npm run audit.`)
  }
})

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
      throw new Error(`Order ${orderId} is cancelled, but its reservation is ${reservation.status}: run npm run audit.`)
  }
})

const release = (
  { orderId, held }: { orderId: string; held: readonly StockLine[] },
  stock: StockBySku,
): DecisionFor<'OrderCancelled'> => ({
  state: { reservation: { orderId, lines: held, status: 'released' }, stock: free(held, stock) },
  events: [draft('InventoryReleased', { orderId, lines: [...held] })],
})
