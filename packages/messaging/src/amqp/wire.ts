/** Messages to AMQP properties and back. */
import type { ConsumeMessage, Options } from 'amqplib'
import type { WireMessage } from '../broker.ts'
import { toJson } from './field-table.ts'
import { deliveryLimit } from './queue-arguments.ts'

/** What we write on copies: our own count of failed attempts (the broker's counts also grow by outages), and for people the error. */
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

/** The properties of a message that is published: persistent, and its time in seconds as AMQP has it. */
export const toProperties = (message: WireMessage): Options.Publish => ({
  messageId: message.id,
  type: message.type,
  correlationId: message.correlationId,
  appId: message.appId,
  contentType: message.contentType,
  timestamp: Math.floor(message.timestamp.getTime() / 1_000),
  headers: message.headers,
  deliveryMode: 2,
})

/** What was delivered. Properties that the sender left out are empty: whoever decodes the body decides what that means. */
export const fromDelivery = ({ content, properties }: ConsumeMessage): WireMessage => ({
  id: text(properties.messageId),
  type: text(properties.type),
  correlationId: text(properties.correlationId),
  appId: text(properties.appId),
  contentType: text(properties.contentType),
  timestamp: time(Number(properties.timestamp ?? 0) * 1_000) ?? new Date(0),
  body: content,
  headers: Object.fromEntries(sendersHeaders(properties).map(([name, value]) => [name, toJson(value)])),
})

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

/** Why and where the broker has given it up last: dead-lettering writes the newest death first. */
export const brokersVerdict = ({ properties }: ConsumeMessage): { reason: string; queue?: string } => {
  const deaths: unknown = properties.headers?.['x-death']
  const death: { reason?: unknown; queue?: unknown } = (Array.isArray(deaths) && deaths[0]) || {}
  const reason = text(death.reason) || 'unknown'
  return typeof death.queue === 'string' ? { reason, queue: death.queue } : { reason }
}

/** True if the broker may have delivered it before, also where it says so only by its count (quorum queues). */
export const wasDelivered = ({ fields, properties }: ConsumeMessage): boolean =>
  fields.redelivered || count(properties.headers?.['x-delivery-count']) > 0

/** The properties of a copy that is to be tried again: as it came, with one more attempt, without the broker's own marks. */
export const retryProperties = (delivered: ConsumeMessage, error: Error): Options.Publish =>
  copyProperties(delivered, {
    [attemptsHeader]: attemptsOf(delivered) + 1,
    [firstFailedAtHeader]: (firstFailedAtOf(delivered) ?? new Date()).toISOString(),
    [errorHeader]: error.message.slice(0, longestError),
  })

/** The properties of a copy of what the broker has given up, which goes back to its queue once. */
export const lastChanceProperties = (delivered: ConsumeMessage): Options.Publish => {
  const firstFailedAt = firstFailedAtOf(delivered)
  return copyProperties(delivered, {
    [attemptsHeader]: attemptsOf(delivered),
    ...(firstFailedAt && { [firstFailedAtHeader]: firstFailedAt.toISOString() }),
    [limitReachedHeader]: true,
  })
}

const copyProperties = ({ properties }: ConsumeMessage, marks: Record<string, unknown>): Options.Publish => {
  const { messageId, type, correlationId, appId, contentType, contentEncoding, timestamp } = properties
  return {
    ...{ messageId, type, correlationId, appId, contentType, contentEncoding, timestamp },
    headers: { ...Object.fromEntries(sendersHeaders(properties)), ...marks },
    deliveryMode: 2,
  }
}

const sendersHeaders = ({ headers }: ConsumeMessage['properties']): [string, unknown][] =>
  Object.entries(headers ?? {}).filter(([name]) => !ours.has(name) && !brokersOwn.test(name))

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Headers say what their sender likes: no count is believed that a database couldn't take. */
const count = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31 - 1 ? value : 0

/** Nor a time before 1970, or beyond what a Date can be. */
const time = (ms: number): Date | null => {
  const date = new Date(ms)
  return date.getTime() >= 0 ? date : null
}
