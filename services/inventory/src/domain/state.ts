import type { Photo } from './photo.ts'
import type { Reservation } from './reservation.ts'
import type { StockBySku } from './stock.ts'

/** The state that a reaction may change: the order's reservation, and the stock of the order's SKUs; or a photo. */
export interface InventoryState {
  readonly reservation: Reservation | undefined
  readonly stock: StockBySku
  /** Absent for a message about an order. */
  readonly photo?: Photo | undefined
}
