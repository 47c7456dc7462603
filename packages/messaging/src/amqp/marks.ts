/** The headers that say what has become of a message so far: ours on copies, and those of the broker. */
import type { ConsumeMessage } from 'amqplib'
import { deliveryLimit } from './queue-arguments.ts'

/** Our own count of failed attempts (the broker's counts also grow by outages), since when, and for people the last error. */
const [attemptsHeader, firstFailedAtHeader, errorHeader] = ['x-attempts', 'x-first-failed-at', 'x-error']

/** On a message that the broker has given up once, and that was sent back to its queue. */
const limitReachedHeader = 'x-limit-reached'

const ours: ReadonlySet<string> = new Set([attemptsHeader, firstFailedAtHeader, errorHeader, limitReachedHeader])

/**
 * What the broker writes about dead letters and deliveries. A copy that kept it would be taken for one that goes round in a
 * circle, which RabbitMQ drops silently (https://www.rabbitmq.com/docs/dlx#routing). CC and BCC would route it to more queues.
 */
const brokersOwn = /^(x-death|x-(first|last)-death-.*|x-delivery-count|x-acquired-count|CC|BCC)$/

/** Longest text of an error on a copy, in characters: all headers together must fit into one frame. */
const longestError = 500

/** What the sender wrote. */
export const sendersHeaders = ({ properties }: ConsumeMessage): [string, unknown][] =>
  Object.entries(properties.headers ?? {}).filter(([name]) => !ours.has(name) && !brokersOwn.test(name))

/** How often handling has failed before. */
export const attemptsOf = ({ properties }: ConsumeMessage): number => count(properties.headers?.[attemptsHeader])

/** When handling failed first, or null where it never has. */
export const firstFailedAtOf = ({ properties }: ConsumeMessage): Date | null => {
  const failedAt: unknown = properties.headers?.[firstFailedAtHeader]
  return typeof failedAt === 'string' ? time(Date.parse(failedAt)) : null
}

/** True if the broker has given it up before. */
export const hasReachedLimit = ({ properties }: ConsumeMessage): boolean =>
  properties.headers?.[limitReachedHeader] === true

/**
 * How often it was delivered without being settled. Quorum queues count that, as failed deliveries or, from RabbitMQ 4 on, as
 * acquisitions; one that has reached the delivery limit before has that behind it, too.
 */
export const deathsOf = (delivered: ConsumeMessage): number => {
  const { fields, properties } = delivered
  const counts = [properties.headers?.['x-delivery-count'], properties.headers?.['x-acquired-count']].map(count)
  return Math.max(Number(fields.redelivered), ...counts) + (hasReachedLimit(delivered) ? deliveryLimit : 0)
}

/** True if the broker may have delivered it before, also where it says so only by its count (quorum queues). */
export const wasDelivered = ({ fields, properties }: ConsumeMessage): boolean =>
  fields.redelivered || count(properties.headers?.['x-delivery-count']) > 0

/** Why a queue gives a message up (https://www.rabbitmq.com/docs/dlx). */
const brokersReasons = ['rejected', 'expired', 'maxlen', 'delivery_limit'] as const

export interface BrokersVerdict {
  readonly reason: (typeof brokersReasons)[number] | 'unknown'
  readonly queue: unknown
}

/** Why and where the broker has given it up last: dead-lettering writes the newest death first. */
export const brokersVerdict = ({ properties }: ConsumeMessage): BrokersVerdict => {
  const deaths: unknown = properties.headers?.['x-death']
  const death: { reason?: unknown; queue?: unknown } = (Array.isArray(deaths) && deaths[0]) || {}
  return { reason: brokersReasons.find((reason) => reason === death.reason) ?? 'unknown', queue: death.queue }
}

/** On a copy that is to be tried again. */
export const retryMarks = (delivered: ConsumeMessage, error: Error): Record<string, unknown> => ({
  [attemptsHeader]: attemptsOf(delivered) + 1,
  [firstFailedAtHeader]: (firstFailedAtOf(delivered) ?? new Date()).toISOString(),
  [errorHeader]: error.message.slice(0, longestError),
})

/** On a copy of what the broker has given up, which goes back to its queue once. */
export const lastChanceMarks = (delivered: ConsumeMessage): Record<string, unknown> => ({
  [attemptsHeader]: attemptsOf(delivered),
  [firstFailedAtHeader]: firstFailedAtOf(delivered)?.toISOString(),
  [limitReachedHeader]: true,
})

/** Headers say what their sender likes: no count is believed that a database couldn't take. */
const count = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31 - 1 ? value : 0

/** Nor a time before 1970, or beyond what a Date can be. */
export const time = (ms: number): Date | null => {
  const date = new Date(ms)
  return date.getTime() >= 0 ? date : null
}
