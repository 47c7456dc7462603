/** The working set of the catalog's reactions: reservations and the reserved books. Loans share the row of a book. */
import type { Statement } from '@quadrille/postgres'
import { RowSet, type StoredWorkingSet, type Tables, writeIfAny } from '@quadrille/service'
import type { Message } from '../language/library.ts'
import { insertReservations, lockBooks, lockReservations, updateBooks, updateReservations } from './book-table.ts'
import type { Book, CatalogState, Reservation } from './copies.ts'

type Handled = Message<'LoanRequested' | 'LoanConfirmed' | 'LoanClosed'>

/** Locks reservations before books, each in the order of their keys, so that batches do not deadlock. */
export const tables: Tables<CatalogState, Handled> = {
  ownRows: [{ table: 'reservation', column: 'loan_id' }],
  sharesRows: true,
  load: async (sql, { messages, ...load }) => {
    const loans = messages.map(({ subject, data }) => ({ loanId: subject, isbn: data.isbn }))
    const [reservations, { books, lockedElsewhere }] = await Promise.all([
      lockReservations(sql, load.claimedSql),
      lockBooks(sql, loans, load),
    ])
    return new CatalogSet(reservations, books, lockedElsewhere)
  },
}

/** Without arguments: an empty set, for reactions that run in memory. */
export class CatalogSet implements StoredWorkingSet<CatalogState, Handled> {
  readonly reservations: RowSet<Reservation>
  readonly books: RowSet<Book>
  readonly #lockedElsewhere: ReadonlySet<string>

  constructor(
    reservations: readonly Reservation[] = [],
    books: readonly Book[] = [],
    lockedElsewhere: ReadonlySet<string> = new Set(),
  ) {
    this.reservations = new RowSet(({ loanId }) => loanId, reservations)
    this.books = new RowSet(({ isbn }) => isbn, books)
    this.#lockedElsewhere = lockedElsewhere
  }

  isLocked({ data: { isbn } }: Handled): boolean {
    return this.#lockedElsewhere.has(isbn)
  }

  of({ subject, data: { isbn } }: Handled): CatalogState {
    return { reservation: this.reservations.get(subject), book: this.books.get(isbn) }
  }

  put({ subject }: Handled, { reservation, book }: CatalogState): void {
    if (reservation) this.reservations.set(subject, reservation)
    if (book) this.books.set(book.isbn, book)
  }

  /** The row of a book is written once, however many loans of the batch have changed it. */
  changes(): Statement[] {
    return [
      ...this.reservations.changes({ insert: insertReservations, update: updateReservations }),
      ...writeIfAny(this.books.updated(), updateBooks),
    ]
  }
}
