import { nothing } from '@quadrille/service'
import { free } from '../../domain/stock.ts'
import { reaction } from '../reaction.ts'

/** A release that these books have lost: what they still hold is freed, and what they never held is not. */
export const inventoryReleased = reaction(
  'InventoryReleased',
  ({ reservation, stock }, { data: { orderId, lines } }) => {
    switch (reservation?.status) {
      case undefined:
      case 'pending':
        return { state: { reservation: { orderId, lines, status: 'released' }, stock } }
      case 'reserved':
        return { state: { reservation: { ...reservation, status: 'released' }, stock: free(reservation.lines, stock) } }
      case 'rejected':
      case 'released':
      case 'committed':
        return nothing
    }
  },
)
