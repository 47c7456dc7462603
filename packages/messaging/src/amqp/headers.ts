/** The headers that describe the history of a message: our own on copies and replays, and the broker's. */
import type { ConsumeMessage } from 'amqplib'
import { type RedactText, redactAndTruncate } from '../dead-letter.ts'
import type { QueuedMessage, RetryOptions } from '../delivery.ts'
import { deliveryLimit } from './topology/queue-arguments.ts'

/**
 * The number of failed attempts (the broker's counts include outages), the time of the first failure, and the text of
 * the last error.
 */
const [attemptsHeader, firstFailedAtHeader, errorHeader] = ['x-attempts', 'x-first-failed-at', 'x-error']

/** Marks a message that the broker has dead-lettered once, and that was returned to its queue. */
const limitReachedHeader = 'x-limit-reached'

/** The exchange of the first delivery, on messages that the service sends to its own queues again. */
const originalExchangeHeader = 'x-original-exchange'

const ours: ReadonlySet<string> = new Set([
  attemptsHeader,
  firstFailedAtHeader,
  errorHeader,
  limitReachedHeader,
  originalExchangeHeader,
])

/**
 * Headers of the broker about dead letters and deliveries. A copy with them would look like a message in a cycle, which
 * RabbitMQ drops silently (https://www.rabbitmq.com/docs/dlx#routing). CC and BCC would route it to more queues.
 */
const brokerHeaders = /^(x-death|x-(first|last)-death-.*|x-delivery-count|x-acquired-count|CC|BCC)$/

/** The longest error text on a copy, in characters. All headers together must fit into one frame. */
const maxErrorLength = 500

/** The headers of the sender. */
export const senderHeaders = ({ properties }: ConsumeMessage): [string, unknown][] =>
  Object.entries(properties.headers ?? {}).filter(([name]) => !ours.has(name) && !brokerHeaders.test(name))

/** The history of a message according to our headers. */
export interface DeliveryHistory extends Pick<QueuedMessage, 'exchange' | 'attempts' | 'firstFailedAt'> {
  /** True if the broker has dead-lettered it before. */
  readonly reachedLimit: boolean
}

export interface Route {
  /** The direct exchange of the consuming service. */
  readonly direct: string
  /** The exchange through which this delivery came, according to the broker. Empty if it is unknown. */
  readonly via: string
}

/**
 * The history of a delivery. Our headers are trusted only on messages through the service's own direct exchange, to
 * which no other service may publish. Any sender could write the same headers into a message for another exchange.
 */
export const historyOf = ({ properties }: ConsumeMessage, { direct, via }: Route): DeliveryHistory => {
  if (via !== direct) return { exchange: via, attempts: 0, firstFailedAt: null, reachedLimit: false }
  const headers: Record<string, unknown> = properties.headers ?? {}
  const { [originalExchangeHeader]: exchange, [firstFailedAtHeader]: failedAt } = headers
  return {
    exchange: typeof exchange === 'string' ? exchange : direct,
    attempts: count(headers[attemptsHeader]),
    firstFailedAt: typeof failedAt === 'string' ? time(Date.parse(failedAt)) : null,
    reachedLimit: headers[limitReachedHeader] === true,
  }
}

/**
 * The number of deliveries without a settlement. Quorum queues count them from the first redelivery on, since RabbitMQ 4.3
 * without those that were returned or timed out. Before that, the header comes from the sender. If the message has reached the
 * delivery limit before, that limit is added.
 */
export const crashesOf = ({ fields, properties }: ConsumeMessage, { reachedLimit }: DeliveryHistory): number => {
  const crashes = fields.redelivered ? Math.max(1, count(properties.headers?.['x-delivery-count'])) : 0
  return crashes + (reachedLimit ? deliveryLimit : 0)
}

/** The reasons for dead-lettering in a queue (https://www.rabbitmq.com/docs/dlx). */
const deadLetterReasons = ['rejected', 'expired', 'maxlen', 'delivery_limit'] as const

export interface DeadLettering {
  readonly reason: (typeof deadLetterReasons)[number] | 'unknown'
  readonly queue: unknown
  /** The exchange through which it had come to that queue. Empty unless it is certain. */
  readonly exchange: string
}

/** An entry of RabbitMQ's header `x-death`. */
interface XDeathEntry {
  readonly reason?: unknown
  readonly queue?: unknown
  readonly exchange?: unknown
  readonly count?: unknown
}

/** The reason and the queue of the last dead-lettering. The broker writes the newest entry first. */
export const lastDeadLettering = ({ fields, properties }: ConsumeMessage): DeadLettering => {
  const xDeath: unknown = properties.headers?.['x-death']
  if (xDeath === undefined) return { reason: 'unknown', queue: undefined, exchange: fields.exchange }
  const newest: XDeathEntry = (Array.isArray(xDeath) && xDeath[0]) || {}
  return {
    reason: deadLetterReasons.find((reason) => reason === newest.reason) ?? 'unknown',
    queue: newest.queue,
    exchange: exchangeBefore(newest),
  }
}

/**
 * One of our messages is dead-lettered in an inbox only by the delivery limit, and once, because copies do not keep
 * earlier entries. Any other entry may come from the sender, and RabbitMQ before 4.0 adds its own count to it.
 */
const exchangeBefore = ({ reason, exchange, count: times }: XDeathEntry): string =>
  reason === 'delivery_limit' && times === 1 && typeof exchange === 'string' ? exchange : ''

/** The headers of a copy for a retry queue. */
export const retryHeaders = (
  history: DeliveryHistory,
  { error, failedAttempts = 1, firstFailedAt, failedAt = new Date() }: RetryOptions,
  redactText: RedactText,
): Record<string, unknown> => ({
  ...originalExchange(history.exchange),
  [attemptsHeader]: history.attempts + failedAttempts,
  [firstFailedAtHeader]: (history.firstFailedAt ?? firstFailedAt ?? failedAt).toISOString(),
  [errorHeader]: redactAndTruncate(error.message, maxErrorLength, redactText),
})

/** The headers of a copy that returns a dead-lettered message to its queue once. */
export const lastChanceHeaders = (history: DeliveryHistory): Record<string, unknown> => ({
  ...originalExchange(history.exchange),
  [attemptsHeader]: history.attempts,
  [firstFailedAtHeader]: history.firstFailedAt?.toISOString(),
  [limitReachedHeader]: true,
})

/** The header of a replay. */
export const originalExchange = (exchange: string): Record<string, string> => ({ [originalExchangeHeader]: exchange })

/** Headers may contain any value, so a count that a database could not store is ignored. */
const count = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31 - 1 ? value : 0

/** A time before 1970, or beyond the range of Date, is ignored. */
export const time = (ms: number): Date | null => {
  const date = new Date(ms)
  return date.getTime() >= 0 ? date : null
}
