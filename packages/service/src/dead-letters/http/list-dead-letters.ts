import { uuid } from '@quadrille/messages'
import { pageQuery, pageSchema, readCursor, toPage } from '../../http/pagination.ts'
import { type Route, route } from '../../http/route.ts'
import { requestWithSubject } from '../../http/subject-name.ts'
import type { DeadLetters } from '../dead-letters.ts'
import type { StoredDeadLetter } from '../table/dead-letter.ts'
import { listDeadLetters } from '../table/reading.ts'
import { deadLetterView, filterFields, shownSummary, statusField } from './schema.ts'

/** `GET /dead-letters`: the newest first. */
export const getDeadLetters = ({ database, language }: DeadLetters): Route =>
  route({
    method: 'get',
    path: '/dead-letters',
    operationId: 'listDeadLetters',
    summary: 'List dead letters',
    description: 'Returns messages that the service could not handle, the newest first. All filters must match.',
    query: requestWithSubject({ ...filterFields, ...statusField, ...pageQuery }, language.subject),
    responses: { 200: { description: 'A page of dead letters', body: pageSchema(deadLetterView(language)) } },
    handle: async ({ query: { limit, cursor, ...filter } }) => {
      const after = readCursor(cursor, uuid)
      const deadLetters = await listDeadLetters(database, filter, { after, limit: limit + 1 })
      const item = (deadLetter: StoredDeadLetter) => shownSummary(deadLetter, language)
      return { status: 200, body: toPage(deadLetters, limit, { key: ({ id }) => id, item }) }
    },
  })
