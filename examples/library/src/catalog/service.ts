/** Catalog: keeps copies of books for loans. A copy is held by one loan at a time. */
import { defineService } from '@quadrille/service'
import { library } from '../language/library.ts'
import { getBook } from './http/get-book.ts'
import { putBook } from './http/put-book.ts'
import { reactions } from './reactions.ts'
import { tables } from './tables.ts'

export const catalog = defineService({
  language: library,
  model: library.services.catalog,
  migrations: new URL('migrations/', import.meta.url),
  tables,
  reactions,
  wire: ({ database }) => ({ routes: [putBook(database), getBook(database)] }),
})
