import { nothing } from '@quadrille/service'
import { hold } from '../../domain/stock.ts'
import { reaction } from '../reaction.ts'

/** A hold that these books have lost. It is not decided anew: others have acted on it. */
export const inventoryReserved = reaction(
  'InventoryReserved',
  ({ reservation, stock }, { data: { orderId, lines } }) =>
    reservation === undefined || reservation.status === 'pending'
      ? { state: { reservation: { orderId, lines, status: 'reserved' }, stock: hold(lines, stock) } }
      : nothing,
)
