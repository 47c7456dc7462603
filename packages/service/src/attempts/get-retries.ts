import { type Language, text } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'
import { z } from 'zod'
import { pageQuery, pageSchema } from '../http/pagination.ts'
import { type Route, route } from '../http/route.ts'
import { nameSubject, viewWithSubject } from '../http/subject-name.ts'
import { listWaitingForRetry } from './attempt-table.ts'
import { attempt, viewOf } from './get-attempts.ts'

/** `GET /retries`: what waits in the retry queues, which RabbitMQ can't list. */
export const getRetries = (sql: Sql, { subject }: Pick<Language, 'subject'>): Route =>
  route({
    method: 'get',
    path: '/retries',
    operationId: 'listRetries',
    summary: 'List messages that wait for a retry',
    description:
      'Returns the messages of a queue that wait for their next attempt, with their last one. Those that are due first come first, up to `limit`. There is no next page: `nextCursor` is null even if more wait. A message that is due waits in the queue itself, and is not listed.',
    query: z.strictObject({
      queue: text(255).min(1).meta({ description: 'The name of the queue.' }),
      limit: pageQuery.limit,
    }),
    responses: {
      200: { description: 'The last attempts', body: pageSchema(viewWithSubject(attempt, subject)) },
    },
    handle: async ({ query: { queue, limit } }) => {
      const attempts = await listWaitingForRetry(sql, queue, limit)
      const items = attempts.map((stored) => nameSubject(viewOf(stored), subject))
      return { status: 200, body: { items, nextCursor: null } }
    },
  })
