/** A reservation: one order's claim on stock, from the first event about the order to its end. */
import type { MissingLine, StockLine } from '@quadrille/events'
import type { StockBySku } from './stock.ts'

interface OfOrder {
  readonly orderId: string
  /** One for each SKU: what the order asks for (nothing while that isn't known); once released, what was given back. */
  readonly lines: readonly StockLine[]
}

/** Stock is held for an order that was placed and paid, and the two events come in any order. */
export interface Pending extends OfOrder {
  readonly status: 'pending'
  readonly waitsFor: 'order' | 'payment'
}

/** Something was missing, and nothing is held. */
export interface Rejected extends OfOrder {
  readonly status: 'rejected'
  /** Null in books of before that was kept. */
  readonly missing: readonly MissingLine[] | null
}

/**
 * `released`: the order was cancelled; also where nothing was known
 * of it (a tombstone: what comes late does no new work). `committed`: the order was fulfilled, and the goods have left.
 */
export interface Decided extends OfOrder {
  readonly status: 'reserved' | 'released' | 'committed'
}

export type Reservation = Pending | Rejected | Decided
export type ReservationStatus = Reservation['status']

/** What a reaction sees, and what it may change: the order's reservation, and the stock of the order's SKUs. */
export interface Claim {
  readonly reservation: Reservation | undefined
  readonly stock: StockBySku
}

export const waitsFor = (reservation: Reservation, missing: Pending['waitsFor']): boolean =>
  reservation.status === 'pending' && reservation.waitsFor === missing
