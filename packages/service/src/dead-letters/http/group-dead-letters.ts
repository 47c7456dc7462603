import { z } from 'zod'
import { pageSchema } from '../../http/pagination.ts'
import { type Route, route } from '../../http/route.ts'
import { requestWithSubject } from '../../http/subject-name.ts'
import type { DeadLetters } from '../dead-letters.ts'
import { groupDeadLetters } from '../table/reading.ts'
import { groupExample } from './examples.ts'
import { deadLetterFields, filterFields, statusField } from './schema.ts'

const maxGroups = 100

const groupView = z
  .object({
    reason: deadLetterFields.reason,
    type: deadLetterFields.type,
    queue: deadLetterFields.queue,
    place: deadLetterFields.place,
    count: z.int().meta({ description: 'The number of dead letters in the group.' }),
    error: z.string().meta({
      description:
        'The error of the newest of them; others may have failed with another one. Secrets and email addresses are masked.',
    }),
    oldest: z.iso.datetime().meta({ description: 'The time at which the first of them became a dead letter.' }),
    newest: z.iso.datetime().meta({ description: 'The time at which the last of them became a dead letter.' }),
  })
  .meta({
    title: 'DeadLetterGroup',
    description: 'Dead letters with the same reason, type, queue and place in the code.',
    examples: [groupExample],
  })

/** `GET /dead-letters/groups`: groups of equal failures, by default of parked dead letters. */
export const getDeadLetterGroups = ({ database, language }: DeadLetters): Route =>
  route({
    method: 'get',
    path: '/dead-letters/groups',
    operationId: 'groupDeadLetters',
    summary: 'Group dead letters by failure',
    description:
      'Counts the dead letters with the same reason, type, queue and place in the code, by default of those that are parked. The largest groups come first, 100 at most. There is no next page: `nextCursor` is null even if there are more.',
    query: requestWithSubject({ ...filterFields, ...statusField }, language.subject),
    responses: { 200: { description: 'The groups', body: pageSchema(groupView) } },
    handle: async ({ query: { status = 'parked', ...filter } }) => {
      const groups = await groupDeadLetters(database, { ...filter, status }, maxGroups)
      const items = groups.map(({ error, oldest, newest, ...group }) => ({
        ...group,
        error: language.redactText(error),
        oldest: oldest.toISOString(),
        newest: newest.toISOString(),
      }))
      return { status: 200, body: { items, nextCursor: null } }
    },
  })
