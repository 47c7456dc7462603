import { nothing } from '@quadrille/service'
import { commit } from '../domain/stock.ts'
import { reaction } from './reaction.ts'

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
      throw new Error(`Order ${orderId} is fulfilled, but its reservation is ${reservation.status}.`)
  }
})
