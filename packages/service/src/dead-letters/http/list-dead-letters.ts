import { primitives } from '@quadrille/events'
import { z } from 'zod'
import { pageQuery, pageSchema, readCursor, toPage } from '../../http/page.ts'
import { type Route, route } from '../../http/route.ts'
import type { DeadLetterService } from '../dead-letter-service.ts'
import { listDeadLetters } from '../table/reading.ts'
import { deadLetterView, filterFields, readFilter, statusField, summaryOf } from './schema.ts'

/** `GET /dead-letters`: the newest first. */
export const getDeadLetters = ({ database }: DeadLetterService): Route =>
  route({
    method: 'get',
    path: '/dead-letters',
    operationId: 'listDeadLetters',
    summary: 'List dead letters',
    description: 'Returns messages that the service could not handle, the newest first. All filters must match.',
    tag: 'operations',
    query: z.strictObject({ ...filterFields, ...statusField, ...pageQuery }),
    responses: { 200: { description: 'A page of dead letters', body: pageSchema(deadLetterView) } },
    handle: async ({ query: { limit, cursor, ...filter } }) => {
      const after = readCursor(cursor, primitives.uuid)
      const deadLetters = await listDeadLetters(database, readFilter(filter), { after, limit: limit + 1 })
      return { status: 200, body: toPage(deadLetters, limit, { key: ({ id }) => id, item: summaryOf }) }
    },
  })
