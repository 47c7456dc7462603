import { nothing } from '@quadrille/service'
import { reaction } from '../reaction.ts'

/** A rejection that these books have lost. Where they never had the order, they know only what was missing of it. */
export const inventoryRejected = reaction(
  'InventoryRejected',
  ({ reservation, stock }, { data: { orderId, missing } }) => {
    if (reservation && reservation.status !== 'pending') return nothing
    const lines = reservation?.lines.length
      ? reservation.lines
      : missing.map(({ sku, requested }) => ({ sku, quantity: requested }))
    return { state: { reservation: { orderId, lines, status: 'rejected', missing }, stock } }
  },
)
