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
    case 'pending':
    case 'rejected':
    case 'released':
      throw new Error(`Order ${orderId} is fulfilled, but its reservation is ${reservation?.status ?? 'not known'}.`)
  }
})
