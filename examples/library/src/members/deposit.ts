/** The deposit of a loan. Amounts are in cents. */
interface OfLoan {
  readonly memberId: string
  readonly amount: number
}

/** The outcome of the charge is unknown. */
export interface Charging extends OfLoan {
  readonly status: 'charging'
  /** The loan is over: a successful charge will be refunded. */
  readonly closed: boolean
}

export interface Decided extends OfLoan {
  /**
   * `refunding`: the loan is over, and the cashier has not refunded the deposit yet. `returned`: LoanClosed is answered; this is
   * also the tombstone of a loan that was closed before its request arrived.
   */
  readonly status: 'paid' | 'refused' | 'refunding' | 'returned'
}

export type Deposit = Charging | Decided
