/**
 * `GET /whereabouts` of every service: the status of a subject's messages in that service. Operators use it to find out why
 * the subject makes no progress.
 */
import { type Subject, uuid } from '@quadrille/messages'
import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { nameSubject, requestWithSubject, viewWithSubject } from '../http/subject-name.ts'
import { findWhereabouts, type WhereaboutsOptions } from './find-whereabouts.ts'
import { whereabouts } from './whereabouts.ts'

/** The schema of the response. */
const pageSchema = (subject: Subject) =>
  z
    .object({ items: z.array(viewWithSubject(whereabouts, subject)).meta({ description: 'One item for each id.' }) })
    .meta({
      title: 'WhereaboutsList',
      description: 'The progress of messages in this service, by subject.',
      examples: [{ items: [nameSubject(example, subject)] }],
    })

const example = {
  subject: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  handled: ['ExampleRequested'],
  waiting: [],
  task: null,
}

const maxSubjects = 100
const queryOf = (subject: Subject) =>
  requestWithSubject(
    {
      subject: z.union([uuid.transform((id) => [id]), z.array(uuid).min(1).max(maxSubjects)]).meta({
        description: `The id of the subject of the messages. The parameter may be repeated, up to ${maxSubjects} times.`,
      }),
    },
    subject,
  )

export const getWhereabouts = (options: WhereaboutsOptions): Route => {
  const { subject } = options.language
  return route({
    method: 'get',
    path: '/whereabouts',
    operationId: 'findWhereabouts',
    summary: 'Locate messages',
    description:
      'Shows which messages of each subject this service has handled, and which wait in its outbox, its retries, its dead letters or its tasks.',
    query: queryOf(subject),
    responses: { 200: { description: 'One item for each id', body: pageSchema(subject) } },
    handle: async ({ query }) => {
      const found = await findWhereabouts(query.subject, options)
      return { status: 200, body: { items: found.map((item) => nameSubject(item, subject)) } }
    },
  })
}
