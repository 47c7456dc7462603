/** A client of server-sent events that keeps what it receives. */

import { type IncomingMessage, request } from 'node:http'
import { waitUntil } from '@quadrille/testing/waiting'
import { onTestFinished } from 'vitest'

export interface Received {
  /** The position that the client would send to resume. */
  readonly id: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into events of any shape
  readonly event: any
}

export interface EventClient {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** All that was received, as text. */
  text(): string
  events(): readonly Received[]
  /** The last id, with or without an event. */
  lastId(): string
  /** True when the service has ended the stream. */
  hasEnded(): boolean
  until(count: number): Promise<readonly Received[]>
  close(): void
}

/** Opens a stream, which is closed after the test. */
export const openEvents = async (url: string, headers: Record<string, string> = {}): Promise<EventClient> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false }, resolve)
    asked.on('error', reject).end()
    onTestFinished(() => void asked.destroy())
  })
  let text = ''
  let hasEnded = false
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  response.on('error', () => undefined).once('close', () => (hasEnded = true))
  const blocks = () => text.split('\n\n').slice(0, -1)
  const events = () => blocks().flatMap(toReceived)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: () => text,
    events,
    lastId: () =>
      blocks()
        .map(idOf)
        .findLast((id) => id !== undefined) ?? '',
    hasEnded: () => hasEnded,
    until: async (count) => {
      await waitUntil(() => events().length >= count)
      return events()
    },
    close: () => response.destroy(),
  }
}

const idOf = (block: string): string | undefined => /^id: (.*)$/m.exec(block)?.[1]

const toReceived = (block: string): Received[] => {
  const [, data] = /^data: (.*)$/m.exec(block) ?? []
  return data === undefined ? [] : [{ id: idOf(block) ?? '', event: JSON.parse(data) }]
}
