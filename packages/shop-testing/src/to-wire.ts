import { encode, type Message, publisherOf } from '@quadrille/events'
import { contentType } from '@quadrille/messages'
import type { WireMessage } from '@quadrille/messaging'

/** A message as its publisher sends it. */
export const toWire = (message: Message): WireMessage => ({
  id: message.id,
  type: message.type,
  correlationId: message.subject,
  appId: publisherOf(message.type)?.name ?? 'test',
  contentType,
  timestamp: new Date(message.time),
  body: Buffer.from(encode(message)),
  headers: {},
})
