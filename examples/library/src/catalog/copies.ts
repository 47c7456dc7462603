/** Books, the number of their copies, and the reservations of copies for loans. */
export interface Book {
  readonly isbn: string
  readonly copies: number
  /** Copies that are reserved or lent, 0 to `copies`. */
  readonly taken: number
}

export interface Reservation {
  readonly loanId: string
  readonly isbn: string
  /** `released` is final. It is also the tombstone of a loan that was closed before its request arrived. */
  readonly status: 'reserved' | 'lent' | 'unavailable' | 'released'
}

/** The state that a reaction may change: the loan's reservation, and the book that the loan is about. */
export interface CatalogState {
  readonly reservation?: Reservation | undefined
  readonly book?: Book | undefined
}

export const availableOf = ({ copies, taken }: Book): number => copies - taken
