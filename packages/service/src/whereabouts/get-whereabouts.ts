/**
 * `GET /whereabouts` of every service: the status of a subject's messages in that service. Operators use it to find out why
 * the subject makes no progress.
 */
import { type Subject, uuid } from '@quadrille/messages'
import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { nameSubject, requestWithSubject, viewWithSubject } from '../http/subject-name.ts'
import { type FoundWhereabouts, findWhereabouts, type WhereaboutsOptions } from './find-whereabouts.ts'

/** A field that the response of an earlier version lacks. */
const added = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null)

const waiting = z
  .object({
    messageId: added(z.string()).meta({ description: 'The id of the message; empty if it has none.' }),
    causationId: added(z.string()).meta({
      description: 'The id of the message that caused this one; null if it is unknown.',
    }),
    type: z.string().meta({ description: 'The type of the message.' }),
    place: z.enum(['outbox', 'retry', 'dead_letter']).meta({ description: 'The place in which it waits.' }),
    queue: z.string().nullable().meta({ description: 'The queue in which it failed.' }),
    attempts: z.int().meta({ description: 'The number of failed attempts.' }),
    error: z.string().nullable().meta({ description: 'The last error.' }),
    since: added(z.iso.datetime()).meta({
      description:
        'Since when it may be sent (outbox), or when it first failed; null if it is scheduled for later, or has not failed.',
    }),
    at: z.iso.datetime().meta({
      description:
        'When it may be sent (outbox), when its next attempt is due (retry), or when it became a dead letter.',
    }),
    deadLetterId: z.uuid().nullable().meta({ description: 'The dead letter, if it is one.' }),
  })
  .meta({ title: 'WaitingMessage', description: 'A message that waits in this service.' })

const openTask = z
  .object({
    type: z.string().meta({ description: 'The type of the task.' }),
    queue: z.string().meta({ description: 'Its work queue.' }),
    attempts: z.int().nullable().meta({ description: 'The number of attempts; null if they are not counted.' }),
    since: added(z.iso.datetime()).meta({ description: 'When it was requested; null if it is unknown.' }),
    error: added(z.string()).meta({ description: 'The last error; null if no attempt has failed.' }),
  })
  .meta({ title: 'OpenTask', description: 'External work whose outcome is not known.' })

const whereabouts = z
  .object({
    subject: uuid.meta({ description: 'The id of the subject of the messages.' }),
    handled: z
      .array(z.string())
      .meta({ description: 'The types of the messages that were handled here, or that would change nothing.' }),
    waiting: z.array(waiting).meta({ description: 'The messages that wait here.' }),
    task: openTask.nullable().meta({ description: 'The external work that is not finished; null if there is none.' }),
  })
  .meta({ title: 'Whereabouts', description: "The progress of one subject's messages in this service." })

/** The progress of one subject's messages in one service. */
export type Whereabouts = z.output<typeof whereabouts>

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

/** Parses the response of a service. @throws {z.ZodError} if it is invalid. */
export const readWhereabouts = (response: unknown, { field }: Subject): Whereabouts[] => {
  const { items } = z.object({ items: z.array(z.record(z.string(), z.unknown())) }).parse(response)
  return items.map(({ [field]: subject, ...item }) => whereabouts.parse({ subject, ...item }))
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
    tag: 'operations',
    query: queryOf(subject),
    responses: { 200: { description: 'One item for each id', body: pageSchema(subject) } },
    handle: async ({ query }) => {
      const found = await findWhereabouts(query.subject, options)
      return { status: 200, body: { items: found.map((item) => nameSubject(shownWhereabouts(item), subject)) } }
    },
  })
}

/** The progress of one subject's messages, as the response shows it. */
export const shownWhereabouts = ({ waiting, task, ...found }: FoundWhereabouts): Whereabouts => ({
  ...found,
  handled: [...found.handled],
  waiting: waiting.map(({ subject: _, since, at, ...message }) => ({
    ...message,
    since: since?.toISOString() ?? null,
    at: at.toISOString(),
  })),
  task: task && {
    type: task.type,
    queue: task.queue,
    attempts: task.attempts,
    since: task.since?.toISOString() ?? null,
    error: task.error,
  },
})
