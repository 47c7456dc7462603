/** The tables `book` and `reservation`: one statement per function. */
import type { Sql, Statement } from '@quadrille/postgres'
import type { Load } from '@quadrille/service'
import type { Book, Reservation } from './copies.ts'

/** Locks the reservations of the claimed loans, in the order of their ids, until the transaction ends. */
export const lockReservations = (sql: Sql, claimedSql: string): Promise<Reservation[]> =>
  sql.query<Reservation>(
    `select loan_id as "loanId", isbn, status from reservation
     where loan_id = any(${claimedSql}) order by loan_id for update`,
  )

export interface LockedBooks {
  readonly books: readonly Book[]
  /** The books that another session has locked. */
  readonly lockedElsewhere: ReadonlySet<string>
}

export interface LoanIsbn {
  readonly loanId: string
  readonly isbn: string
}

/**
 * Locks the books of the claimed loans, in the order of their ISBNs. Without `waits`, books that another session has locked are
 * left out.
 */
export const lockBooks = async (
  sql: Sql,
  loans: readonly LoanIsbn[],
  { claimedSql, waits }: Pick<Load, 'claimedSql' | 'waits'>,
): Promise<LockedBooks> => {
  const isbns = `array(
    select isbn from unnest($1::uuid[], $2::text[]) as asked (loan_id, isbn) where loan_id = any(${claimedSql})
  )`
  const values = [loans.map(({ loanId }) => loanId), loans.map(({ isbn }) => isbn)]
  const lock = sql.query<Book>(
    `select isbn, copies, taken from book where isbn = any(${isbns}) order by isbn for update ${waits ? '' : 'skip locked'}`,
    values,
  )
  if (waits) return { books: await lock, lockedElsewhere: new Set() }
  const findAll = sql.query<{ isbn: string }>(`select isbn from book where isbn = any(${isbns})`, values)
  const [books, all] = await Promise.all([lock, findAll])
  const locked = new Set(books.map(({ isbn }) => isbn))
  return { books, lockedElsewhere: new Set(all.map(({ isbn }) => isbn).filter((isbn) => !locked.has(isbn))) }
}

export const insertReservations = (reservations: readonly Reservation[]): Statement => ({
  text: `insert into reservation (loan_id, isbn, status)
    select loan_id, isbn, status from unnest($1::uuid[], $2::text[], $3::text[]) as given (loan_id, isbn, status)`,
  values: columns(reservations),
})

/** Writes reservations that this transaction has locked. */
export const updateReservations = (reservations: readonly Reservation[]): Statement => ({
  text: `update reservation set status = given.status
    from unnest($1::uuid[], $2::text[], $3::text[]) as given (loan_id, isbn, status)
    where reservation.loan_id = given.loan_id`,
  values: columns(reservations),
})

const columns = (reservations: readonly Reservation[]) => [
  reservations.map(({ loanId }) => loanId),
  reservations.map(({ isbn }) => isbn),
  reservations.map(({ status }) => status),
]

/** Writes books that this transaction has locked. Only `putBook` changes the number of copies. */
export const updateBooks = (books: readonly Book[]): Statement => ({
  text: `update book set taken = given.taken
    from unnest($1::text[], $2::integer[]) as given (isbn, taken) where book.isbn = given.isbn`,
  values: [books.map(({ isbn }) => isbn), books.map(({ taken }) => taken)],
})

/** Sets the number of copies. Returns the book, or undefined if more copies are taken. */
export const putBook = async (sql: Sql, isbn: string, copies: number): Promise<Book | undefined> => {
  const [book] = await sql.query<Book>(
    `insert into book (isbn, copies) values ($1, $2)
     on conflict (isbn) do update set copies = excluded.copies where book.taken <= excluded.copies
     returning isbn, copies, taken`,
    [isbn, copies],
  )
  return book
}

/** Finds a book without a lock. */
export const findBook = async (sql: Sql, isbn: string): Promise<Book | undefined> => {
  const [book] = await sql.query<Book>('select isbn, copies, taken from book where isbn = $1', [isbn])
  return book
}
