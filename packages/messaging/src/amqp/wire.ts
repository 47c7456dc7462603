/** Converts messages to AMQP properties and back. */
import type { ConsumeMessage, Options } from 'amqplib'
import type { WireMessage } from '../message.ts'
import { toJson } from './field-table.ts'
import { senderHeaders, time } from './headers.ts'

/** The largest field table that amqplib can write, bytes. */
const maxTableBytes = 65_536

/** Reserved for the other properties and our own headers, bytes. Each is a string of at most 255 bytes. */
const reservedBytes = 2_048

export interface Publishing {
  /** Our own headers. */
  readonly ownHeaders: Readonly<Record<string, string>>
  /** The largest frame of the broker, bytes. All properties must fit into one. */
  readonly frameMax: number
}

/**
 * The properties of a published message: persistent, with its time in seconds as AMQP requires, and with those headers
 * that are strings and fit. Only replays of dead letters have other headers: some have a JSON form that
 * AMQP can't express, and some are larger than we can write.
 */
export const toProperties = (message: WireMessage, { ownHeaders, frameMax }: Publishing): Options.Publish => ({
  messageId: message.id,
  type: message.type,
  correlationId: message.correlationId,
  appId: message.appId,
  contentType: message.contentType,
  timestamp: Math.floor(message.timestamp.getTime() / 1_000),
  headers: { ...headersThatFit(message.headers, Math.min(frameMax, maxTableBytes) - reservedBytes), ...ownHeaders },
  deliveryMode: 2,
})

/** As many headers as fit. The smallest come first, so that a large one does not exclude others. */
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

/** An upper bound for a header in a field table: the name, the value, and 10 for their lengths and the value's type. */
const bytesOf = ([name, value]: [string, string]): number => Buffer.byteLength(name) + Buffer.byteLength(value) + 10

/** The delivered message. Missing properties are empty. The decoder of the body decides whether that is an error. */
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
    headers: Object.fromEntries(senderHeaders(delivered).map(([name, value]) => [name, toJson(value)])),
  }
}

/**
 * The properties of a copy: unchanged, but with `ownHeaders` instead of the headers of the broker and of
 * earlier copies.
 */
export const copyProperties = (delivered: ConsumeMessage, ownHeaders: Record<string, unknown>): Options.Publish => {
  const { messageId, type, correlationId, appId, contentType, contentEncoding, timestamp } = delivered.properties
  return {
    messageId,
    type,
    correlationId,
    appId,
    contentType,
    contentEncoding,
    timestamp,
    headers: { ...Object.fromEntries(senderHeaders(delivered)), ...ownHeaders },
    deliveryMode: 2,
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
