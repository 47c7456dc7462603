/** Messages to AMQP properties and back. */
import type { ConsumeMessage, Options } from 'amqplib'
import type { WireMessage } from '../broker.ts'
import { toJson } from './field-table.ts'
import { sendersHeaders, time } from './marks.ts'

/**
 * The properties of a message that is published: persistent, its time in seconds as AMQP has it, and those headers that are text.
 * Others have only dead letters that are replayed: what JSON has made of them AMQP could refuse.
 */
export const toProperties = (message: WireMessage, marks: Record<string, string> = {}): Options.Publish => ({
  messageId: message.id,
  type: message.type,
  correlationId: message.correlationId,
  appId: message.appId,
  contentType: message.contentType,
  timestamp: Math.floor(message.timestamp.getTime() / 1_000),
  headers: {
    ...Object.fromEntries(Object.entries(message.headers).filter(([, value]) => typeof value === 'string')),
    ...marks,
  },
  deliveryMode: 2,
})

/** What was delivered. Properties that the sender left out are empty: whoever decodes the body decides what that means. */
export const fromDelivery = (delivered: ConsumeMessage): WireMessage => {
  const { content, properties } = delivered
  return {
    id: text(properties.messageId),
    type: text(properties.type),
    correlationId: text(properties.correlationId),
    appId: text(properties.appId),
    contentType: text(properties.contentType),
    timestamp: time(Number(properties.timestamp ?? 0) * 1_000) ?? new Date(0),
    body: content,
    headers: Object.fromEntries(sendersHeaders(delivered).map(([name, value]) => [name, toJson(value)])),
  }
}

/** The properties of a copy: as it came, without the marks of the broker and of earlier copies, and with these. */
export const copyProperties = (delivered: ConsumeMessage, marks: Record<string, unknown>): Options.Publish => {
  const { messageId, type, correlationId, appId, contentType, contentEncoding, timestamp } = delivered.properties
  return {
    ...{ messageId, type, correlationId, appId, contentType, contentEncoding, timestamp },
    headers: { ...Object.fromEntries(sendersHeaders(delivered)), ...marks },
    deliveryMode: 2,
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
