/** A loan: it is requested, perhaps confirmed, and closed. Its parts are the copy in the catalog and the member's deposit. */
import type { DataOf } from '../language/library.ts'

export type Reason = DataOf<'LoanClosed'>['reason']

interface Requested {
  readonly memberId: string
  readonly isbn: string
  /** `released` and `returned` are the answers to LoanClosed. They are final. */
  readonly copy: 'pending' | 'reserved' | 'released'
  readonly deposit: 'pending' | 'paid' | 'returned'
}

export interface OpenLoan extends Requested {
  readonly status: 'requested' | 'confirmed'
}

export interface ClosedLoan extends Requested {
  readonly status: 'closed'
  readonly reason: Reason
}

export type Loan = OpenLoan | ClosedLoan

/** True if the loan is over and both services have undone their part of it. A settled loan stays settled. */
export const isSettled = ({ status, copy, deposit }: Loan): boolean =>
  status === 'closed' && copy === 'released' && deposit === 'returned'
