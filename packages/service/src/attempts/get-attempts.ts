import { type Language, uuid } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'
import { z } from 'zod'
import { pageQuery, pageSchema, readCursor, toPage } from '../http/pagination.ts'
import { type Route, route } from '../http/route.ts'
import { nameSubject, requestWithSubject, viewWithSubject } from '../http/subject-name.ts'
import { keptPerSubject, listAttempts, type StoredAttempt } from './attempt-table.ts'

const example = {
  number: 1,
  subject: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  messageId: '2f7c1a60-5be2-5d1f-8f6d-0a6a3a6f5f10',
  causationId: null,
  type: 'ExampleRequested',
  queue: 'example.inbox',
  attempt: 1,
  error: 'no such shelf',
  outcome: 'retried' as const,
  reason: null,
  firstFailedAt: '2026-11-26T18:51:00.000Z',
  at: '2026-11-26T18:51:00.000Z',
  nextAt: '2026-11-26T18:51:01.000Z',
}

export const attempt = z
  .object({
    number: z.int().meta({
      description:
        'Counts the failed attempts of this subject in this service, also those that are no longer stored. Begins again at 1 once all have been deleted.',
    }),
    subject: uuid.meta({ description: 'The id of the subject of the message.' }),
    messageId: z.string().meta({ description: 'The id of the message; empty if it has none.' }),
    causationId: z
      .string()
      .nullable()
      .meta({ description: 'The id of the message that caused this one; null if it is unknown.' }),
    type: z.string().meta({ description: 'The type of the message.' }),
    queue: z.string().meta({ description: 'The queue on which it failed.' }),
    attempt: z.int().meta({ description: 'The number of the attempt of this message on this queue, from 1.' }),
    error: z
      .string()
      .meta({ description: 'The error in one line, up to 500 characters. Secrets and email addresses are masked.' }),
    outcome: z.enum(['retried', 'postponed', 'parked']).meta({
      description:
        '`retried`: tried again at `nextAt`. `postponed`: the same, but the attempt does not count, because the fault is not of this message; most of several in a row are not stored, but the last one is. `parked`: a dead letter.',
    }),
    reason: z.string().nullable().meta({ description: 'The reason of the dead letter; null for other outcomes.' }),
    firstFailedAt: z.iso.datetime().meta({ description: 'When the message first failed on this queue.' }),
    at: z.iso.datetime().meta({ description: 'When this attempt failed.' }),
    nextAt: z.iso.datetime().nullable().meta({ description: 'When the next attempt is due; null if there is none.' }),
  })
  .meta({ title: 'FailedAttempt', description: 'A failed attempt to handle a message.', examples: [example] })

/** A failed attempt, as the responses show it. */
export const viewOf = ({ firstFailedAt, at, nextAt, ...stored }: StoredAttempt): z.output<typeof attempt> => ({
  ...stored,
  firstFailedAt: firstFailedAt.toISOString(),
  at: at.toISOString(),
  nextAt: nextAt?.toISOString() ?? null,
})

const numberInText = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)

/** `GET /attempts`: the newest first. */
export const getAttempts = (sql: Sql, { subject }: Pick<Language, 'subject'>): Route =>
  route({
    method: 'get',
    path: '/attempts',
    operationId: 'listAttempts',
    summary: 'List failed attempts',
    description: `Returns the failed attempts of this service to handle messages of one subject, the newest first. The newest ${keptPerSubject} are stored. A message that succeeds at once has none.`,
    query: requestWithSubject(
      { subject: uuid.meta({ description: 'The id of the subject of the messages.' }), ...pageQuery },
      subject,
    ),
    responses: {
      200: { description: 'A page of failed attempts', body: pageSchema(viewWithSubject(attempt, subject)) },
    },
    handle: async ({ query: { subject: id, limit, cursor } }) => {
      const before = readCursor(cursor, numberInText)
      const attempts = await listAttempts(sql, { subject: id, before, limit: limit + 1 })
      const item = (stored: StoredAttempt) => nameSubject(viewOf(stored), subject)
      return { status: 200, body: toPage(attempts, limit, { key: ({ number }) => number, item }) }
    },
  })
