/**
 * `GET /whereabouts` of every service: the status of a subject's messages in that service. Operators use it to find out why
 * the subject makes no progress.
 */
import {
  isUniquePerSubject,
  type Language,
  messageId,
  type ServiceModel,
  type Subject,
  uuid,
} from '@quadrille/messages'
import { findInOutbox, findInRetry, inboxKey, readInbox } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'
import { z } from 'zod'
import { findInDeadLetters } from '../dead-letters/table/waiting.ts'
import { type Route, route } from '../http/route.ts'
import { nameSubject, requestWithSubject, viewWithSubject } from '../http/subject-name.ts'

/** External work that was started or is waiting, without a known outcome. */
export interface OpenTask {
  readonly subject: string
  readonly type: string
  readonly queue: string
  /** The number of attempts. 0 while the task waits in its queue. Null if attempts are not counted. */
  readonly attempts: number | null
}

export type FindOpenTasks = (subjects: readonly string[]) => Promise<readonly OpenTask[]>

/** Derives the handled events of each subject from the service's state, which is kept longer than the inbox. */
export type FindHandled = (subjects: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>

const waiting = z
  .object({
    type: z.string().meta({ description: 'The type of the message.' }),
    place: z.enum(['outbox', 'retry', 'dead_letter']).meta({ description: 'The place in which it waits.' }),
    queue: z.string().nullable().meta({ description: 'The queue in which it failed.' }),
    attempts: z.int().meta({ description: 'The number of failed attempts.' }),
    error: z.string().nullable().meta({ description: 'The last error.' }),
    at: z.iso.datetime().meta({
      description:
        'When it may be sent (outbox), when its next attempt is due (retry), or when it was parked (dead letter).',
    }),
    deadLetterId: z.uuid().nullable().meta({ description: 'The dead letter, if it is one.' }),
  })
  .meta({ title: 'WaitingMessage', description: 'A message that waits in this service.' })

const openTask = z
  .object({
    type: z.string().meta({ description: 'The type of the task.' }),
    queue: z.string().meta({ description: 'Its work queue.' }),
    attempts: z.int().nullable().meta({ description: 'The number of attempts; null if they are not counted.' }),
  })
  .meta({ title: 'OpenTask', description: 'External work whose outcome is not known.' })

const messageStatus = z
  .object({
    subject: uuid.meta({ description: 'The id of the subject of the messages.' }),
    handled: z.array(z.string()).meta({ description: 'The types of the messages that were handled here.' }),
    waiting: z.array(waiting).meta({ description: 'The messages that wait here.' }),
    task: openTask.nullable().meta({ description: 'The external work that is not finished; null if there is none.' }),
  })
  .meta({ title: 'Whereabouts', description: "The progress of one subject's messages in this service." })

/** The progress of one subject's messages in one service. */
export type MessageStatus = z.output<typeof messageStatus>

/** The schema of the response. */
const pageSchema = (subject: Subject) =>
  z
    .object({ items: z.array(viewWithSubject(messageStatus, subject)).meta({ description: 'One item for each id.' }) })
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
export const readMessageStatus = (response: unknown, { field }: Subject): MessageStatus[] => {
  const { items } = z.object({ items: z.array(z.record(z.string(), z.unknown())) }).parse(response)
  return items.map(({ [field]: subject, ...item }) => messageStatus.parse({ subject, ...item }))
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

export interface MessageStatusOptions {
  readonly language: Language
  readonly sql: Sql
  readonly model: ServiceModel
  readonly openTasks: FindOpenTasks
  readonly handled: FindHandled
}

export const getMessageStatus = (options: MessageStatusOptions): Route => {
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
      const found = await findMessageStatus(query.subject, options)
      return { status: 200, body: { items: found.map((item) => viewOf(item, subject)) } }
    },
  })
}

const viewOf = ({ task, ...item }: Found, subject: Subject) => ({
  ...nameSubject({ ...item }, subject),
  task: task && nameSubject({ ...task }, subject),
})

type Found = Omit<MessageStatus, 'task'> & { readonly task: OpenTask | null }

/** Finds the progress of these subjects' messages in the service that owns this database: one item for each. */
export const findMessageStatus = async (
  subjects: readonly string[],
  { language, sql, model, openTasks, handled }: MessageStatusOptions,
): Promise<Found[]> => {
  const idOf = (subject: string, type: string) => messageId(subject, type, '')
  const uniqueTypes = model.consumes.filter((type) => {
    const definition = language.messages[type]
    return definition !== undefined && isUniquePerSubject(definition)
  })
  const [fromState, fromInbox, inOutbox, inRetry, parked, tasks] = await Promise.all([
    handled(subjects),
    readInbox(
      sql,
      subjects.flatMap((subject) => uniqueTypes.map((type) => ({ subject, id: idOf(subject, type) }))),
    ),
    findInOutbox(sql, subjects),
    findInRetry(sql, subjects),
    findInDeadLetters(sql, subjects),
    openTasks(subjects),
  ])
  return subjects.map((subject) => ({
    subject,
    handled: uniqueTypes.filter(
      (type) => fromState.get(subject)?.includes(type) || fromInbox.has(inboxKey({ subject, id: idOf(subject, type) })),
    ),
    waiting: [...inOutbox, ...inRetry, ...parked]
      .filter((message) => message.subject === subject)
      .map(({ subject: _, at, ...message }) => ({ ...message, at: at.toISOString() })),
    task: tasks.find((task) => task.subject === subject) ?? null,
  }))
}
