/** Where the messages of a subject are in a service, as the responses show it. */
import { type Subject, uuid } from '@quadrille/messages'
import { z } from 'zod'

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
    messageId: added(z.string()).meta({
      description: 'The id of its message; null if a subject has one such task at a time.',
    }),
    type: z.string().meta({ description: 'The type of the task.' }),
    queue: z.string().meta({ description: 'Its work queue.' }),
    attempts: z.int().nullable().meta({ description: 'The number of attempts; null if they are not counted.' }),
    since: added(z.iso.datetime()).meta({ description: 'When it was requested; null if it is unknown.' }),
    error: added(z.string()).meta({ description: 'The last error; null if no attempt has failed.' }),
  })
  .meta({ title: 'OpenTask', description: 'External work whose outcome is not known.' })

export const whereabouts = z
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

/** Parses the response of a service. @throws {z.ZodError} if it is invalid. */
export const readWhereabouts = (response: unknown, { field }: Subject): Whereabouts[] => {
  const { items } = z.object({ items: z.array(z.record(z.string(), z.unknown())) }).parse(response)
  return items.map(({ [field]: subject, ...item }) => whereabouts.parse({ subject, ...item }))
}
