/** Messages to AMQP properties and back. */
import type { ConsumeMessage, MessagePropertyHeaders, Options } from 'amqplib'
import type { WireMessage } from '../broker.ts'

/** Our own count of failed attempts. The broker's counts also grow by outages. */
const attemptsHeader = 'x-attempts'

/**
 * What the broker writes about dead letters and deliveries. A copy that kept it would be taken for one that goes round in a
 * circle, which RabbitMQ drops silently (https://www.rabbitmq.com/docs/dlx#routing). CC and BCC would route it to more queues.
 */
const brokersOwn = /^(x-death|x-(first|last)-death-.*|x-delivery-count|x-acquired-count|CC|BCC)$/

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
  timestamp: new Date(Number(properties.timestamp ?? 0) * 1_000),
  body: content,
  headers: textHeaders(properties.headers ?? {}),
})

/** How often handling has failed before. */
export const attemptsOf = ({ properties }: ConsumeMessage): number => {
  const attempts: unknown = properties.headers?.[attemptsHeader]
  return typeof attempts === 'number' && Number.isSafeInteger(attempts) && attempts > 0 ? attempts : 0
}

/** True if the broker may have delivered it before, also where it says so only by its count (quorum queues). */
export const wasDelivered = ({ fields, properties }: ConsumeMessage): boolean =>
  fields.redelivered || Number(properties.headers?.['x-delivery-count'] ?? 0) > 0

/** The properties of a copy that is to be tried again: as it came, with one more attempt, without the broker's own marks. */
export const retryProperties = (delivered: ConsumeMessage): Options.Publish => {
  const { messageId, type, correlationId, appId, contentType, contentEncoding, timestamp, headers } =
    delivered.properties
  const kept = Object.entries(headers ?? {}).filter(([name]) => !brokersOwn.test(name))
  return {
    ...{ messageId, type, correlationId, appId, contentType, contentEncoding, timestamp },
    headers: { ...Object.fromEntries(kept), [attemptsHeader]: attemptsOf(delivered) + 1 },
    deliveryMode: 2,
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const textHeaders = (headers: MessagePropertyHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name !== attemptsHeader && !brokersOwn.test(name))
      .filter((header): header is [string, string] => typeof header[1] === 'string'),
  )
