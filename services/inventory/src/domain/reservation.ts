/** A reservation: the stock of one order, from the first event about the order to its end. */
import type { MissingLine, StockLine } from '@quadrille/events'

interface OrderLines {
  readonly orderId: string
  /** One line per SKU: the requested pieces, or the freed ones after a release. Empty until OrderPlaced arrives. */
  readonly lines: readonly StockLine[]
}

/** Waits for the other one of OrderPlaced and PaymentProcessed. Holds no stock yet. */
export interface Pending extends OrderLines {
  readonly status: 'pending'
  readonly waitsFor: 'order' | 'payment'
}

/** Some stock was missing, and nothing is held. */
export interface Rejected extends OrderLines {
  readonly status: 'rejected'
  readonly missing: readonly MissingLine[]
}

/**
 * `released`: the order was cancelled, perhaps before its OrderPlaced arrived (a tombstone: later events do no new
 * work). `committed`: the order was fulfilled, and the pieces are no longer on hand.
 */
export interface Settled extends OrderLines {
  readonly status: 'reserved' | 'released' | 'committed'
}

export type Reservation = Pending | Rejected | Settled

export const waitsFor = (reservation: Reservation, missing: Pending['waitsFor']): boolean =>
  reservation.status === 'pending' && reservation.waitsFor === missing
