/** Messages to AMQP properties and back. */
import type { ConsumeMessage, Options } from 'amqplib'
import type { WireMessage } from '../message.ts'
import { toJson } from './field-table.ts'
import { sendersHeaders, time } from './headers.ts'

/** The largest field table that amqplib writes, bytes. */
const maxTableBytes = 65_536

/** What the other properties and our own marks may take, bytes: each is a text of 255 at most. */
const reservedBytes = 2_048

export interface Publishing {
  /** Headers of ours. */
  readonly marks: Readonly<Record<string, string>>
  /** The largest frame that the broker takes, bytes: all properties go in one. */
  readonly frameMax: number
}

/**
 * The properties of a message that is published: persistent, its time in seconds as AMQP has it, and those headers that are text
 * and fit. Other headers only dead letters have that are replayed: what JSON has made of them AMQP could refuse, and they may
 * have come from a sender that writes larger ones than we can.
 */
export const toProperties = (message: WireMessage, { marks, frameMax }: Publishing): Options.Publish => ({
  messageId: message.id,
  type: message.type,
  correlationId: message.correlationId,
  appId: message.appId,
  contentType: message.contentType,
  timestamp: Math.floor(message.timestamp.getTime() / 1_000),
  headers: { ...headersThatFit(message.headers, Math.min(frameMax, maxTableBytes) - reservedBytes), ...marks },
  deliveryMode: 2,
})

/** As many as fit into so many bytes. The smallest come first, so that one that is too large costs no other. */
const headersThatFit = (headers: WireMessage['headers'], maxBytes: number): Record<string, string> => {
  const texts = Object.entries(headers).filter((header): header is [string, string] => typeof header[1] === 'string')
  const sized = texts.map((header) => ({ header, bytes: bytesOf(header) })).sort((a, b) => a.bytes - b.bytes)
  let room = maxBytes
  const fitting = sized.filter(({ bytes }) => {
    room -= bytes
    return room >= 0
  })
  return Object.fromEntries(fitting.map(({ header }) => header))
}

/** Of a header in a field table: the name, the value, and not more than 10 for their lengths and the value's type. */
const bytesOf = ([name, value]: [string, string]): number => Buffer.byteLength(name) + Buffer.byteLength(value) + 10

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
