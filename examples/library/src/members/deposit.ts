/** The deposit of a loan. Amounts are in cents. */
interface DepositTerms {
  readonly memberId: string
  readonly amount: number
}

/** The outcome of the charge is unknown. */
export interface Charging extends DepositTerms {
  readonly status: 'charging'
  /** Whether the loan is over. A successful charge is then refunded. */
  readonly closed: boolean
}

export interface Decided extends DepositTerms {
  /**
   * `refunding`: the loan is over, and the cashier has not refunded the deposit yet. `returned`: LoanClosed was answered. This is
   * also the tombstone of a loan that was closed before its request arrived.
   */
  readonly status: 'paid' | 'refused' | 'refunding' | 'returned'
}

export type Deposit = Charging | Decided
