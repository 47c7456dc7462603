import { z } from 'zod'
import { type Route, route } from '../http/route.ts'

/** The retries and the dead letters of a queue are counted up to this number, so that a call costs some milliseconds. */
export const countedUpTo = 10_000

const example = {
  queues: [
    {
      name: 'example.inbox',
      exchanges: ['other.events'],
      waiting: 3,
      instances: 2,
      instancesWanted: 1,
      lagMs: 12,
      retrying: 1,
      nextRetryAt: '2026-11-26T18:51:05.000Z',
      deadLetters: 0,
      heldFor: null,
      circuitOpen: false,
    },
  ],
  otherDeadLetters: 0,
  outbox: { rows: 0, oldestAgeMs: 0 },
  brokerFault: null,
}

const queue = z
  .object({
    name: z.string().meta({ description: 'The name of the queue.' }),
    exchanges: z.array(z.string()).meta({
      description: 'The exchanges to which it is bound, in addition to the direct exchange of its service.',
    }),
    waiting: z.int().nullable().meta({
      description: 'The messages that wait for a consumer; null if it is unknown. May be 5 s old over RabbitMQ.',
    }),
    instances: z
      .int()
      .nullable()
      .meta({ description: 'The instances that consume it, in all processes; null if it is unknown.' }),
    instancesWanted: z
      .int()
      .nullable()
      .meta({ description: 'The hint how many instances would be enough; null if it is unknown.' }),
    lagMs: z.int().nullable().meta({
      description:
        'The greatest age of the messages that this instance has handled in the last 5 to 10 s, at their first attempt or after a replay, in ms; null if it handled none.',
    }),
    retrying: z.int().meta({
      description: `The messages that wait for their next attempt, counted up to ${countedUpTo}.`,
    }),
    nextRetryAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When the first of them is due; null if there are none.' }),
    deadLetters: z.int().meta({
      description: `Its parked dead letters, counted up to ${countedUpTo}.`,
    }),
    heldFor: z.string().nullable().meta({
      description:
        'While this instance holds its messages because all fail alike: the kind of failure. Otherwise null.',
    }),
    circuitOpen: z
      .boolean()
      .meta({ description: 'True while its tasks wait at this instance because the external system does not answer.' }),
  })
  .meta({ title: 'QueueState', description: 'A queue of this service.' })

const report = z
  .object({
    queues: z.array(queue).meta({ description: 'The inbox first, then the work queues.' }),
    otherDeadLetters: z.int().meta({
      description: `The parked dead letters of no queue in this list, such as messages that could not be sent, counted up to ${countedUpTo}.`,
    }),
    outbox: z
      .object({
        rows: z.int().meta({ description: 'The messages that the broker has not confirmed.' }),
        oldestAgeMs: z.int().meta({ description: 'The age of the oldest of them, in ms; 0 if there are none.' }),
      })
      .meta({ description: 'The outbox of the service, as last measured.' }),
    brokerFault: z
      .string()
      .nullable()
      .meta({ description: 'Why this instance is not connected to the broker; null while it is.' }),
  })
  .meta({ title: 'QueueReport', description: 'The queues of this service.', examples: [example] })

export type QueueReport = z.output<typeof report>

/** `GET /queues`: the state of the service's queues, at most a second old. */
export const getQueues = (read: () => Promise<QueueReport>): Route =>
  route({
    method: 'get',
    path: '/queues',
    operationId: 'listQueues',
    summary: 'Show the queues',
    description:
      'Shows for each queue of this service the messages that wait in it, its instances, its retries and its dead letters. All callers share an answer for a second.',
    responses: { 200: { description: 'The queues', body: report } },
    handle: async () => ({ status: 200, body: await read() }),
  })
