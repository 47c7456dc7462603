/** The reactions of the service `catalog`. It answers LoanClosed once for each loan, even if it does not know the loan. */
import { nothing, type Reactions } from '@quadrille/service'
import { draft, type Library } from '../language/library.ts'
import { availableOf, type CatalogState } from './copies.ts'

type Model = Library['services']['catalog']

export const reactions: Reactions<Library, Model, CatalogState> = {
  LoanRequested: ({ reservation, book }, { data: { loanId, isbn } }) => {
    if (reservation) return nothing
    if (!book || availableOf(book) < 1) {
      return {
        state: { reservation: { loanId, isbn, status: 'unavailable' } },
        events: [draft('CopyUnavailable', { loanId, isbn })],
      }
    }
    return {
      state: { reservation: { loanId, isbn, status: 'reserved' }, book: { ...book, taken: book.taken + 1 } },
      events: [draft('CopyReserved', { loanId, isbn })],
    }
  },
  LoanConfirmed: ({ reservation }) =>
    reservation?.status === 'reserved' ? { state: { reservation: { ...reservation, status: 'lent' } } } : nothing,
  LoanClosed: ({ reservation, book }, { data: { loanId, isbn } }) => {
    if (reservation?.status === 'released') return nothing
    const hasCopy = reservation?.status === 'reserved' || reservation?.status === 'lent'
    return {
      state: {
        reservation: { loanId, isbn, status: 'released' },
        ...(hasCopy && book && { book: { ...book, taken: book.taken - 1 } }),
      },
      events: [draft('CopyReleased', { loanId, isbn })],
    }
  },
}
