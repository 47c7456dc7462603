import { type Language, uuid, visibleText } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'
import { z } from 'zod'
import { pageQuery, pageSchema, readCursor, toPage } from '../http/pagination.ts'
import { type Route, route } from '../http/route.ts'
import { nameSubject, requestWithSubject, viewWithSubject } from '../http/subject-name.ts'
import { type LoggedOperation, listOperations, positionText } from './operation-table.ts'

const example = {
  at: '2026-11-26T19:10:00.000Z',
  operation: 'replay',
  operator: 'ada',
  note: 'the shelf exists again',
  detail: null,
  subject: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  deadLetterId: '019aa2f5-7d10-7c42-8f7e-2b9d5a3c6e01',
  messageType: 'ExampleRequested',
  outcome: 'requested',
}

const operation = z
  .object({
    at: z.iso.datetime().meta({ description: 'The time of the operation.' }),
    operation: z.string().meta({
      description:
        'The operation. On a dead letter: `replay`, `discard`, `edit` (by an earlier version), or `unsendable` (a replay that could not be sent). Services have further ones.',
    }),
    operator: z
      .string()
      .meta({ description: 'The name or the address of the operator; the service’s name for its own.' }),
    note: z.string().nullable().meta({ description: 'The reason that the operator gave.' }),
    detail: z.string().nullable().meta({ description: 'Details of the operation; null if there are none.' }),
    subject: uuid.nullable().meta({ description: 'The id of the subject; null if it concerns none.' }),
    deadLetterId: z.uuid().nullable().meta({ description: 'The dead letter; null if it does not concern one.' }),
    messageType: z.string().nullable().meta({ description: 'The type of the dead letter’s message.' }),
    outcome: z.enum(['done', 'requested', 'refused', 'unknown']).meta({
      description:
        '`requested`: a replay, whose message is handled later; the dead letter shows whether it has returned. `refused`: it had no effect. `unknown`: no outcome is recorded: the operation is in progress, failed with another error, or is older than the record of outcomes.',
    }),
  })
  .meta({ title: 'LoggedOperation', description: 'An operation of an operator.', examples: [example] })

const viewOf = ({ position: _, at, ...logged }: LoggedOperation): z.output<typeof operation> => ({
  at: at.toISOString(),
  ...logged,
})

/** `GET /operations`: the newest first. */
export const getOperations = (sql: Sql, { subject }: Pick<Language, 'subject'>): Route =>
  route({
    method: 'get',
    path: '/operations',
    operationId: 'listOperations',
    summary: 'List operations',
    description:
      'Returns what operators did in this service, the newest first. An operation on a dead letter is listed as long as the dead letter exists, the others permanently.',
    query: requestWithSubject(
      {
        subject: uuid.optional().meta({ description: 'Only operations on the subject with this id.' }),
        operator: visibleText(100).min(1).optional().meta({ description: 'Only operations of this operator.' }),
        ...pageQuery,
      },
      subject,
    ),
    responses: {
      200: { description: 'A page of operations', body: pageSchema(viewWithSubject(operation, subject)) },
    },
    handle: async ({ query: { subject: id = null, operator = null, limit, cursor } }) => {
      const before = readCursor(cursor, positionText)
      const operations = await listOperations(sql, { subject: id, operator, before, limit: limit + 1 })
      const item = (logged: LoggedOperation) => nameSubject(viewOf(logged), subject)
      return { status: 200, body: toPage(operations, limit, { key: ({ position }) => position, item }) }
    },
  })
