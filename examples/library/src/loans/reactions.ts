/** The reactions of the service `loans`. Events of the other services arrive in any order, and more than once. */
import { nothing, type Reactions } from '@quadrille/service'
import { draft, type Library, type Message } from '../language/library.ts'
import type { Loan, OpenLoan, Reason } from './loan.ts'

type Model = Library['services']['loans']

export const reactions: Reactions<Library, Model, Loan | undefined> = {
  LoanSubmitted: (known, { data }) => {
    if (known) return nothing
    const { memberId, isbn } = data
    return {
      state: { memberId, isbn, status: 'requested', copy: 'pending', deposit: 'pending' },
      events: [draft('LoanRequested', data)],
    }
  },
  CopyReserved: (known, message) =>
    known?.status === 'requested' ? confirmIfComplete({ ...known, copy: 'reserved' }, message) : nothing,
  DepositPaid: (known, message) =>
    known?.status === 'requested' ? confirmIfComplete({ ...known, deposit: 'paid' }, message) : nothing,
  CopyUnavailable: (known, message) => (known?.status === 'requested' ? close(known, message, 'no_copy') : nothing),
  DepositRefused: (known, message) =>
    known?.status === 'requested' ? close(known, message, 'deposit_refused') : nothing,
  ReturnSubmitted: (known, message) => (known?.status === 'confirmed' ? close(known, message, 'returned') : nothing),
  CopyReleased: (known) => (known ? { state: { ...known, copy: 'released' } } : nothing),
  DepositReturned: (known) => (known ? { state: { ...known, deposit: 'returned' } } : nothing),
}

const confirmIfComplete = (loan: OpenLoan, { subject: loanId }: Message) => {
  if (loan.copy !== 'reserved' || loan.deposit !== 'paid') return { state: loan }
  const { memberId, isbn } = loan
  return {
    state: { ...loan, status: 'confirmed' as const },
    events: [draft('LoanConfirmed', { loanId, memberId, isbn })],
  }
}

const close = (loan: OpenLoan, { subject: loanId }: Message, reason: Reason) => {
  const { memberId, isbn } = loan
  return {
    state: { ...loan, status: 'closed' as const, reason },
    events: [draft('LoanClosed', { loanId, memberId, isbn, reason })],
  }
}
