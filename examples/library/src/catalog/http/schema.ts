/** A book as the HTTP interface shows it. */
import { z } from 'zod'
import { isbn } from '../../language/messages.ts'
import { availableOf, type Book } from '../copies.ts'

export const bookParams = z.strictObject({ isbn })

const copies = z.int().min(0).max(10_000).meta({ description: 'The number of copies that the library has.' })

export const bookRequest = z
  .strictObject({ copies })
  .meta({ title: 'BookRequest', description: 'The number of copies of a book.' })

export const bookView = z
  .object({ isbn, copies, available: z.int().min(0).meta({ description: 'The number of copies that can be lent.' }) })
  .meta({ title: 'Book', description: 'A book and its copies.' })

export const view = (book: Book): z.output<typeof bookView> => ({
  isbn: book.isbn,
  copies: book.copies,
  available: availableOf(book),
})
