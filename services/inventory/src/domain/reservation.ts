/** A reservation: the stock of one order, from the first event about the order to its end. */
import type { MissingLine, StockLine } from '@quadrille/events'
import type { StockBySku } from './stock.ts'

interface OfOrder {
  readonly orderId: string
  /** One for each SKU: the requested pieces (empty until they are known); once released, the pieces that were freed. */
  readonly lines: readonly StockLine[]
}

/** Stock is held for an order that was placed and paid. The two events come in any order. */
export interface Pending extends OfOrder {
  readonly status: 'pending'
  readonly waitsFor: 'order' | 'payment'
}

/** Some stock was missing, and nothing is held. */
export interface Rejected extends OfOrder {
  readonly status: 'rejected'
  /** Null for rows older than this column. */
  readonly missing: readonly MissingLine[] | null
}

/**
 * `released`: the order was cancelled, perhaps before its OrderPlaced arrived (a tombstone: later events do no new
 * work). `committed`: the order was fulfilled, and the goods have left.
 */
export interface Decided extends OfOrder {
  readonly status: 'reserved' | 'released' | 'committed'
}

export type Reservation = Pending | Rejected | Decided
export type ReservationStatus = Reservation['status']

/** The state that a reaction may change: the order's reservation, and the stock of the order's SKUs. */
export interface Claim {
  readonly reservation: Reservation | undefined
  readonly stock: StockBySku
}

export const waitsFor = (reservation: Reservation, missing: Pending['waitsFor']): boolean =>
  reservation.status === 'pending' && reservation.waitsFor === missing
