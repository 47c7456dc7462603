/** Given a state, when a message arrives, then this is decided. */
import { nothing } from '@quadrille/service'
import { describe, expect, it } from 'vitest'
import { reactions as catalog } from '../src/catalog/reactions.ts'
import { type DataOf, draft, library, type Message } from '../src/language/library.ts'
import { reactions as loans } from '../src/loans/reactions.ts'
import { reactions as members } from '../src/members/reactions.ts'

const now = new Date('2026-01-01T12:00:00Z')
const loanId = '0198c5f0-5a4b-7cc3-9d5e-3b1f0c2d4e6f'
const isbn = '9780141439518'
const loan = { loanId, memberId: 'ada', isbn }
const money = { loanId, memberId: 'ada', amount: 500 }

/** The message as it arrives from the service that sends it. */
const arrived = <Type extends Message['type']>(type: Type, data: DataOf<Type>) => {
  const message = library.seal(draft(type, data), { service: 'test', now })
  return message
}

const requested = { memberId: 'ada', isbn, status: 'requested', copy: 'pending', deposit: 'pending' } as const

describe('loans', () => {
  it('publishes a loan that was submitted', () => {
    const submitted = { ...loan, deposit: 500 }
    expect(loans.LoanSubmitted(undefined, arrived('LoanSubmitted', submitted), now)).toEqual({
      state: requested,
      events: [draft('LoanRequested', submitted)],
    })
  })

  it('waits for the deposit when the copy is reserved first', () => {
    expect(loans.CopyReserved(requested, arrived('CopyReserved', { loanId, isbn }), now)).toEqual({
      state: { ...requested, copy: 'reserved' },
    })
  })

  it('confirms a loan when the copy is reserved and the deposit is paid', () => {
    const paid = { ...requested, deposit: 'paid' } as const
    expect(loans.CopyReserved(paid, arrived('CopyReserved', { loanId, isbn }), now)).toEqual({
      state: { ...paid, copy: 'reserved', status: 'confirmed' },
      events: [draft('LoanConfirmed', loan)],
    })
  })

  it('closes a loan once, for the first of two reasons', () => {
    const closed = loans.CopyUnavailable(requested, arrived('CopyUnavailable', { loanId, isbn }), now)
    expect(closed.events).toEqual([draft('LoanClosed', { ...loan, reason: 'no_copy' })])
    expect(loans.DepositRefused(closed.state, arrived('DepositRefused', money), now)).toEqual(nothing)
  })

  it('ignores a reservation that arrives after its release', () => {
    const closed = { ...requested, status: 'closed', reason: 'deposit_refused', copy: 'released' } as const
    expect(loans.CopyReserved(closed, arrived('CopyReserved', { loanId, isbn }), now)).toEqual(nothing)
  })
})

describe('catalog', () => {
  const book = { isbn, copies: 1, taken: 0 }
  const request = arrived('LoanRequested', { ...loan, deposit: 500 })
  const close = arrived('LoanClosed', { ...loan, reason: 'returned' })

  it('reserves the last copy for one loan', () => {
    expect(catalog.LoanRequested({ book }, request, now)).toEqual({
      state: { reservation: { loanId, isbn, status: 'reserved' }, book: { ...book, taken: 1 } },
      events: [draft('CopyReserved', { loanId, isbn })],
    })
    expect(catalog.LoanRequested({ book: { ...book, taken: 1 } }, request, now).events).toEqual([
      draft('CopyUnavailable', { loanId, isbn }),
    ])
  })

  it('releases the copy of a closed loan once', () => {
    const lent = { reservation: { loanId, isbn, status: 'lent' }, book: { ...book, taken: 1 } } as const
    const released = catalog.LoanClosed(lent, close, now)
    expect(released).toEqual({
      state: { reservation: { loanId, isbn, status: 'released' }, book },
      events: [draft('CopyReleased', { loanId, isbn })],
    })
    expect(catalog.LoanClosed(released.state ?? {}, close, now)).toEqual(nothing)
  })

  it('keeps a tombstone of a loan that is closed before its request arrives', () => {
    const tombstone = catalog.LoanClosed({ book }, close, now)
    expect(tombstone.events).toEqual([draft('CopyReleased', { loanId, isbn })])
    expect(catalog.LoanRequested({ book, ...tombstone.state }, request, now)).toEqual(nothing)
  })
})

describe('members', () => {
  const charging = { status: 'charging', memberId: 'ada', amount: 500, closed: false } as const
  const close = arrived('LoanClosed', { ...loan, reason: 'no_copy' })

  it('answers a closed loan only when the outcome of its charge is known', () => {
    const closed = members.LoanClosed(charging, close, now)
    expect(closed).toEqual({ state: { ...charging, closed: true } })
    expect(members.DepositCharged(closed.state, arrived('DepositCharged', { loanId }), now)).toEqual({
      state: { status: 'refunding', memberId: 'ada', amount: 500 },
      tasks: [draft('RefundDeposit', money)],
    })
    expect(members.DepositDeclined(closed.state, arrived('DepositDeclined', { loanId }), now).events).toEqual([
      draft('DepositReturned', { ...money, amount: 0 }),
    ])
  })

  it('does not charge a loan that is closed before its request arrives', () => {
    const tombstone = members.LoanClosed(undefined, close, now)
    expect(tombstone.events).toEqual([draft('DepositReturned', { ...money, amount: 0 })])
    expect(members.LoanRequested(tombstone.state, arrived('LoanRequested', { ...loan, deposit: 500 }), now)).toEqual(
      nothing,
    )
  })
})
