/** The answers that an order waits for, and the place of the message that blocks it. */
import { catalog, type MessageType } from '@quadrille/events'
import { z } from 'zod'
import { answeringServices } from '../domain/pending-answers.ts'

const time = z.iso.datetime().nullable()

const location = z
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

const type = z.enum(Object.keys(catalog) as [MessageType, ...MessageType[]]) // `Object.keys` returns `string[]`

export const diagnosisExample = {
  missing: ['PaymentProcessed' as const, 'PaymentDeclined' as const],
  owedBy: 'payment' as const,
  since: '2026-11-26T18:51:00.000Z',
  where: {
    service: 'payment',
    place: 'retry' as const,
    messageId: '2f7c1a60-5be2-5d1f-8f6d-0a6a3a6f5f10',
    type: 'Charge',
    queue: 'payment.tasks',
    attempts: 2,
    error: 'The gateway did not answer in time.',
    since: '2026-11-26T18:51:00.020Z',
    at: '2026-11-26T18:51:06.020Z',
    deadLetterId: null,
  },
  remedy: null,
}

export const diagnosis = z
  .object({
    missing: z.array(type).meta({ description: 'The order waits for one of these events.' }),
    owedBy: z.enum(answeringServices).meta({ description: 'The service that must publish one of them.' }),
    since: time.meta({
      description:
        'When the event occurred that this service must answer; null if the history lacks it or cannot be read.',
    }),
    where: location,
    remedy: z
      .string()
      .nullable()
      .meta({ description: 'The action that an operator must take; null if none is needed.' }),
  })
  .meta({ title: 'Diagnosis', description: 'One answer that an order waits for.', examples: [diagnosisExample] })

export type Diagnosis = z.output<typeof diagnosis>
