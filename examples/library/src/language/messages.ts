/** All messages of the library: events, tasks, and internal messages of a service. */
import { contentHash, event, internal, task, text, uuid } from '@quadrille/messages'
import { z } from 'zod'

export const loanId = uuid.meta({ description: 'The id of the loan.' })
export const memberId = text(100).min(1).meta({ description: 'The id of the member who borrows.' })
export const isbn = z
  .string()
  .regex(/^\d{13}$/, 'must be an ISBN of 13 digits')
  .meta({ description: 'The ISBN of the book.' })
const amount = z.int().min(0).max(1_000_000).meta({ description: 'An amount of money in cents.' })
const deposit = amount.meta({ description: 'The deposit for the loan in cents.' })
const reason = z
  .enum(['no_copy', 'deposit_refused', 'returned'])
  .meta({ description: 'Why the loan is over: it was refused for one of two reasons, or the book was returned.' })

const loan = { loanId, memberId, isbn }
const copy = { loanId, isbn }
const money = { loanId, memberId, amount }

const loanExample = { loanId: '0198c5f0-5a4b-7cc3-9d5e-3b1f0c2d4e6f', memberId: 'ada', isbn: '9780141439518' }
const { memberId: _, ...copyExample } = loanExample
const moneyExample = { loanId: loanExample.loanId, memberId: loanExample.memberId, amount: 500 }

/** The events of the service `loans`. */
const LoanRequested = event('LoanRequested', z.object({ ...loan, deposit }), {
  summary: 'a member asks for a copy of a book',
  example: { ...loanExample, deposit: 500 },
})
const LoanConfirmed = event('LoanConfirmed', z.object(loan), {
  summary: 'a copy is reserved and the deposit is paid: the member has the book',
  example: loanExample,
})
const LoanClosed = event('LoanClosed', z.object({ ...loan, reason }), {
  summary: 'the loan is over; catalog and members undo their part of it, and each of them answers once',
  example: { ...loanExample, reason: 'returned' },
})

/** The events of the service `catalog`. */
const CopyReserved = event('CopyReserved', z.object(copy), {
  summary: 'a copy is reserved for the loan',
  example: copyExample,
})
const CopyUnavailable = event('CopyUnavailable', z.object(copy), {
  summary: 'the library has no copy to lend',
  example: copyExample,
})
const CopyReleased = event('CopyReleased', z.object(copy), {
  summary: 'the answer to LoanClosed: the loan holds no copy, and never will',
  example: copyExample,
})

/** The events of the service `members`. */
const DepositPaid = event('DepositPaid', z.object(money), { summary: 'the deposit is paid', example: moneyExample })
const DepositRefused = event('DepositRefused', z.object(money), {
  summary: 'the cashier declined the deposit: a business outcome, not an error',
  example: moneyExample,
})
const DepositReturned = event('DepositReturned', z.object(money), {
  summary: 'the answer to LoanClosed: the deposit is refunded, or nothing was paid and the amount is 0',
  example: moneyExample,
})

/** Work of the service `members` at the cashier, and the final outcomes of that work. */
const ChargeDeposit = task('ChargeDeposit', z.object(money), { summary: 'charge a deposit' })
const RefundDeposit = task('RefundDeposit', z.object(money), { summary: 'refund a deposit' })
const DepositCharged = internal('DepositCharged', z.object({ loanId }), { summary: 'the cashier has the deposit' })
const DepositDeclined = internal('DepositDeclined', z.object({ loanId }), {
  summary: 'the cashier declined the charge',
})
const DepositRefunded = internal('DepositRefunded', z.object({ loanId }), {
  summary: 'the member has the deposit back',
})

/** Requests by HTTP to the service `loans`. Two different requests for one loan must not have the same message id. */
const LoanSubmitted = internal('LoanSubmitted', z.object({ ...loan, deposit }), {
  summary: 'a member requests a loan',
  identity: contentHash,
})
const ReturnSubmitted = internal('ReturnSubmitted', z.object({ loanId }), { summary: 'a member returns a book' })

export const messages = {
  LoanRequested,
  LoanConfirmed,
  LoanClosed,
  CopyReserved,
  CopyUnavailable,
  CopyReleased,
  DepositPaid,
  DepositRefused,
  DepositReturned,
  ChargeDeposit,
  RefundDeposit,
  DepositCharged,
  DepositDeclined,
  DepositRefunded,
  LoanSubmitted,
  ReturnSubmitted,
} as const
