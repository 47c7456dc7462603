/**
 * Reactions to inventory's own events, for a database that was restored from an older backup and lacks the changes that
 * they report. Each restores the state and publishes nothing, because other services have already handled the event.
 */
import { nothing } from '@quadrille/service'
import { free, hold } from '../domain/stock.ts'
import { reaction } from './reaction.ts'

/** Holds the same pieces. Throws while they are not on hand: receipts since the backup must be recorded first. */
export const inventoryReserved = reaction(
  'InventoryReserved',
  ({ reservation, stock }, { data: { orderId, lines } }) =>
    reservation === undefined || reservation.status === 'pending'
      ? { state: { reservation: { orderId, lines, status: 'reserved' }, stock: hold(lines, stock) } }
      : nothing,
)

/** If the order is unknown, the reservation has only the lines that were missing. */
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

/** Frees what is still held. */
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
