import type { Database } from '@quadrille/postgres'
import { Problem, route } from '@quadrille/service'
import { putBook as setCopies } from '../book-table.ts'
import { bookParams, bookRequest, bookView, view } from './schema.ts'

/** `PUT /books/{isbn}` */
export const putBook = (database: Database) =>
  route({
    method: 'put',
    path: '/books/{isbn}',
    operationId: 'setCopies',
    summary: 'Set the number of copies',
    description: 'Sets how many copies of a book the library has, and adds the book if it is new.',
    params: bookParams,
    body: bookRequest,
    responses: {
      200: { description: 'The book', body: bookView },
      409: { description: 'More copies are reserved or lent' },
    },
    handle: async ({ params: { isbn }, body: { copies } }) => {
      const book = await setCopies(database, isbn, copies)
      if (!book) throw new Problem('conflict', `More than ${copies} copies are reserved or lent.`)
      return { status: 200, body: view(book) }
    },
  })
