/** The contents of the product's tables before a load begins. */

export interface Stored {
  /** Settled orders. Default: the real ones, from which all others are copied. */
  readonly orders?: number
  /** Parked dead letters of each service. Default 0. */
  readonly deadLetters?: number
}

/** The number of orders that the product handles itself, before they are copied. */
export const realOrders = 200
