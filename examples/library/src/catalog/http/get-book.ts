import type { Database } from '@quadrille/postgres'
import { notFound, route } from '@quadrille/service'
import { findBook } from '../book-table.ts'
import { bookParams, bookView, view } from './schema.ts'

/** `GET /books/{isbn}` */
export const getBook = (database: Database) =>
  route({
    method: 'get',
    path: '/books/{isbn}',
    operationId: 'getBook',
    summary: 'Show a book',
    description: 'Returns how many copies of a book there are, and how many can be lent.',
    params: bookParams,
    responses: { 200: { description: 'The book', body: bookView } },
    handle: async ({ params: { isbn } }) => {
      const book = await findBook(database, isbn)
      if (!book) throw notFound(`The library has no book ${isbn}.`)
      return { status: 200, body: view(book) }
    },
  })
