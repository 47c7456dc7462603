import { primitives } from '@quadrille/events'
import { z } from 'zod'
import { pageQuery, pageSchema, readCursor, toPage } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import type { Desk } from './desk.ts'
import { filterFields, letterView, readFilter, statusField, summaryOf } from './schema.ts'
import { listLetters } from './table/reading.ts'

/** `GET /dead-letters`: the newest first. */
export const getLetters = ({ database }: Desk): Route =>
  route({
    method: 'get',
    path: '/dead-letters',
    operationId: 'listDeadLetters',
    summary: 'List dead letters',
    description: 'Returns messages that the service could not handle, the newest first. All filters must match.',
    tag: 'operations',
    query: z.strictObject({ ...filterFields, ...statusField, ...pageQuery }),
    responses: { 200: { description: 'A page of dead letters', body: pageSchema(letterView) } },
    handle: async ({ query: { limit, cursor, ...filter } }) => {
      const after = readCursor(cursor, primitives.uuid)
      const letters = await listLetters(database, readFilter(filter), { after, limit: limit + 1 })
      return { status: 200, body: toPage(letters, limit, { key: ({ id }) => id, item: summaryOf }) }
    },
  })
