/** The headers that say what has become of a message so far: ours on copies and replays, and those of the broker. */
import type { ConsumeMessage } from 'amqplib'
import { type RedactText, readable } from '../dead-letter.ts'
import type { Failure } from '../delivery.ts'
import { deliveryLimit } from './topology/queue-arguments.ts'

/** Our own count of failed attempts (the broker's counts also grow by outages), since when, and for people the last error. */
const [attemptsHeader, firstFailedAtHeader, errorHeader] = ['x-attempts', 'x-first-failed-at', 'x-error']

/** On a message that the broker has given up once, and that was sent back to its queue. */
const limitReachedHeader = 'x-limit-reached'

/** The exchange by which a message first came, on whatever the service sends to its own queues once more. */
const originalExchangeHeader = 'x-original-exchange'

const ours: ReadonlySet<string> = new Set([
  attemptsHeader,
  firstFailedAtHeader,
  errorHeader,
  limitReachedHeader,
  originalExchangeHeader,
])

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

/** What our marks say of a message. */
export interface MarkedPast {
  /** The exchange by which it first came. Empty where that is not known. */
  readonly exchange: string
  /** How often handling it has failed. */
  readonly attempts: number
  /** When handling it first failed, or null where it never has. */
  readonly firstFailedAt: Date | null
  /** True if the broker has given it up before. */
  readonly reachedLimit: boolean
}

export interface Route {
  /** The direct exchange of the service that consumes it. */
  readonly direct: string
  /** The exchange by which this copy came, as the broker says. Empty where it is not known. */
  readonly cameBy: string
}

/**
 * What a delivery has behind it. Our marks are believed only of what came by the service's own direct exchange, where no other
 * service may publish; anybody can write the same headers into a message for another exchange.
 */
export const pastOf = ({ properties }: ConsumeMessage, { direct, cameBy }: Route): MarkedPast => {
  if (cameBy !== direct) return { exchange: cameBy, attempts: 0, firstFailedAt: null, reachedLimit: false }
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
 * How often it was delivered without being settled. Quorum queues count that from the first redelivery on; what the header says
 * before is the sender's. One that has reached the delivery limit before has that behind it, too.
 */
export const deathsOf = ({ delivered, past }: { delivered: ConsumeMessage; past: MarkedPast }): number => {
  const { fields, properties } = delivered
  const deaths = fields.redelivered ? Math.max(1, count(properties.headers?.['x-delivery-count'])) : 0
  return deaths + (past.reachedLimit ? deliveryLimit : 0)
}

/** Why a queue gives a message up (https://www.rabbitmq.com/docs/dlx). */
const brokersReasons = ['rejected', 'expired', 'maxlen', 'delivery_limit'] as const

export interface BrokersVerdict {
  readonly reason: (typeof brokersReasons)[number] | 'unknown'
  readonly queue: unknown
  /** The exchange by which it had come to that queue. Empty where that is not certain. */
  readonly exchange: string
}

interface Death {
  readonly reason?: unknown
  readonly queue?: unknown
  readonly exchange?: unknown
  readonly count?: unknown
}

/** Why and where the broker has given it up last: dead-lettering writes the newest death first. */
export const brokersVerdict = ({ fields, properties }: ConsumeMessage): BrokersVerdict => {
  const deaths: unknown = properties.headers?.['x-death']
  if (deaths === undefined) return { reason: 'unknown', queue: undefined, exchange: fields.exchange }
  const death: Death = (Array.isArray(deaths) && deaths[0]) || {}
  return {
    reason: brokersReasons.find((reason) => reason === death.reason) ?? 'unknown',
    queue: death.queue,
    exchange: exchangeBefore(death),
  }
}

/**
 * A message of ours dies in an inbox only by the delivery limit, and once: copies don't keep earlier deaths. Anything else may
 * be an entry of the sender, to whose count RabbitMQ before 4.0 adds its own.
 */
const exchangeBefore = ({ reason, exchange, count: times }: Death): string =>
  reason === 'delivery_limit' && times === 1 && typeof exchange === 'string' ? exchange : ''

/** The headers of a copy for a retry queue. */
export const retryMarks = (
  past: MarkedPast,
  { error, isAttempt = true }: Failure,
  redactText: RedactText,
): Record<string, unknown> => ({
  ...exchangeMark(past.exchange),
  [attemptsHeader]: past.attempts + Number(isAttempt),
  [firstFailedAtHeader]: (past.firstFailedAt ?? new Date()).toISOString(),
  [errorHeader]: readable(error.message, longestError, redactText),
})

/** On a copy of what the broker has given up, which goes back to its queue once. */
export const lastChanceMarks = (past: MarkedPast): Record<string, unknown> => ({
  ...exchangeMark(past.exchange),
  [attemptsHeader]: past.attempts,
  [firstFailedAtHeader]: past.firstFailedAt?.toISOString(),
  [limitReachedHeader]: true,
})

/** On a replay. */
export const exchangeMark = (exchange: string): Record<string, string> => ({ [originalExchangeHeader]: exchange })

/** Headers say what their sender likes: no count is believed that a database couldn't take. */
const count = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31 - 1 ? value : 0

/** Nor a time before 1970, or beyond what a Date can be. */
export const time = (ms: number): Date | null => {
  const date = new Date(ms)
  return date.getTime() >= 0 ? date : null
}
