/** The place of the message that blocks an order. */
import { z } from 'zod'

const time = z.iso.datetime().nullable()

export const location = z
  .object({
    service: z.string().meta({ description: 'The service in which the message is.' }),
    place: z
      .enum(['outbox', 'queue', 'retry', 'dead_letter', 'task', 'unknown'])
      .meta({ description: 'The place of the message in that service.' }),
    messageId: z.string().nullable().meta({ description: 'The id of the message, if that service has stored it.' }),
    type: z.string().nullable().meta({ description: 'The type of the message.' }),
    queue: z.string().nullable().meta({ description: 'Its queue, if it has one.' }),
    attempts: z
      .int()
      .nullable()
      .meta({ description: 'Failed attempts to handle the message. For a task: attempts that have begun.' }),
    error: z.string().nullable().meta({ description: 'The last error, or the reason why the place is unknown.' }),
    since: time.meta({
      description:
        'Since when it may be sent (outbox), when it first failed, or when the task was requested. Null if it is scheduled for later, or has not failed.',
    }),
    at: time.meta({ description: 'The time of the next attempt, or since when the message has been waiting.' }),
    deadLetterId: z.uuid().nullable().meta({ description: 'The id of the dead letter, if the message is one.' }),
  })
  .meta({ description: 'The message that blocks the order.' })

export type Location = z.output<typeof location>
