import { groupLetters } from '@quadrille/outbox'
import { z } from 'zod'
import { pageSchema } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import type { Desk } from './desk.ts'
import { filterFields, readFilter, statusField } from './schema.ts'

/** More kinds of failure at once than anybody looks at. */
const maxGroups = 100

const groupView = z.object({
  reason: z.string(),
  type: z.string(),
  queue: z.string(),
  place: z.string().nullable(),
  count: z.int(),
  oldest: z.iso.datetime(),
  newest: z.iso.datetime(),
})

/** `GET /dead-letters/groups`: what failed alike, by default of what is parked. */
export const getLetterGroups = ({ database }: Desk): Route =>
  route({
    method: 'get',
    path: '/dead-letters/groups',
    operationId: 'groupDeadLetters',
    summary:
      'Dead letters by failure: same reason, type, queue and place in the code. The largest groups first, 100 at most',
    query: z.strictObject({ ...filterFields, ...statusField }),
    responses: { 200: { description: 'The groups', body: pageSchema(groupView) } },
    handle: async ({ query: { status = 'parked', ...filter } }) => {
      const groups = await groupLetters(database, { ...readFilter(filter), status }, maxGroups)
      const items = groups.map(({ oldest, newest, ...group }) => ({
        ...group,
        oldest: oldest.toISOString(),
        newest: newest.toISOString(),
      }))
      return { status: 200, body: { items, nextCursor: null } }
    },
  })
