/** The reactions of the service `members`. It answers LoanClosed once for each loan, after the outcome of a charge is known. */
import { nothing, type Reactions } from '@quadrille/service'
import { draft, type Library } from '../language/library.ts'
import type { Deposit } from './deposit.ts'

type Model = Library['services']['members']

export const reactions: Reactions<Library, Model, Deposit | undefined> = {
  LoanRequested: (known, { data: { loanId, memberId, deposit: amount } }) => {
    if (known) return nothing
    return {
      state: { status: 'charging', memberId, amount, closed: false },
      tasks: [draft('ChargeDeposit', { loanId, memberId, amount })],
    }
  },
  DepositCharged: (known, { data: { loanId } }) => {
    if (known?.status !== 'charging') return nothing
    if (known.closed) return refund(loanId, known)
    const { memberId, amount } = known
    return {
      state: { status: 'paid', memberId, amount },
      events: [draft('DepositPaid', { loanId, memberId, amount })],
    }
  },
  DepositDeclined: (known, { data: { loanId } }) => {
    if (known?.status !== 'charging') return nothing
    const { memberId, amount } = known
    if (known.closed) return returned(loanId, { memberId, amount: 0 })
    return {
      state: { status: 'refused', memberId, amount },
      events: [draft('DepositRefused', { loanId, memberId, amount })],
    }
  },
  LoanClosed: (known, { data: { loanId, memberId } }) => {
    switch (known?.status) {
      case undefined:
      case 'refused':
        return returned(loanId, { memberId, amount: 0 })
      case 'charging':
        return { state: { ...known, closed: true } }
      case 'paid':
        return refund(loanId, known)
      case 'refunding':
      case 'returned':
        return nothing
    }
  },
  DepositRefunded: (known, { data: { loanId } }) => (known?.status === 'refunding' ? returned(loanId, known) : nothing),
}

type Money = Pick<Deposit, 'memberId' | 'amount'>

const refund = (loanId: string, { memberId, amount }: Money) => ({
  state: { status: 'refunding' as const, memberId, amount },
  tasks: [draft('RefundDeposit', { loanId, memberId, amount })],
})

const returned = (loanId: string, { memberId, amount }: Money) => ({
  state: { status: 'returned' as const, memberId, amount },
  events: [draft('DepositReturned', { loanId, memberId, amount })],
})
