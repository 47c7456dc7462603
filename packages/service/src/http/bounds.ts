/** The limits of a listener. Each applies to the listener as a whole. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from './problem.ts'
import { createWaiting, type Waiting } from './waiting.ts'

export interface Bounds {
  /** Requests with an incomplete body. */
  readonly receiving: Waiting<IncomingMessage>
  /** Complete requests whose handlers run. */
  readonly inFlight: InFlightRequests
  /** Uploads that arrive. Each needs a file and up to two megabytes. */
  readonly uploads: InFlightRequests
  /** Requests whose files are read from their store. They do not count as in flight, because the store may be slow. */
  readonly downloads: InFlightRequests
  /**
   * Must be called after a response is written. Tracks it until the client has read it. If that takes too long, its
   * connection is closed. If too much is unread, the connections of the oldest responses are closed.
   */
  readonly trackUnread: (response: ServerResponse) => void
}

export interface InFlightRequests {
  /** At the limit the problem for further requests, otherwise undefined. */
  refusal(): Problem | undefined
  /**
   * Counts a request until it leaves, even if its connection is lost. `bytes`: the size of its body, default 0.
   * @throws {Problem} 429 if it exceeds a limit.
   */
  enter(response: ServerResponse, bytes?: number): void
  /** Must be called when the handler has ended. */
  leave(response: ServerResponse): void
}

const maxReceiving = 1_000
const maxUploads = 32
const maxDownloads = 256
/** A body of unknown length counts as the largest. */
const maxReceivingBytes = 64 * 1_024 * 1_024
/** The bodies of requests in flight. A parsed body needs up to four times its size. */
const maxInFlightBytes = 32 * 1_024 * 1_024
const maxUnreadBytes = 64 * 1_024 * 1_024
const readWithinMs = 20_000

export const createBounds = (maxInFlight: number): Bounds => {
  const unread = createWaiting<ServerResponse>({
    maxItems: Number.POSITIVE_INFINITY,
    maxBytes: maxUnreadBytes,
    maxMs: readWithinMs,
    evict: (response) => response.req.socket.destroy(),
  })
  return {
    receiving: createWaiting({
      maxItems: maxReceiving,
      maxBytes: maxReceivingBytes,
      evict: (request) => request.socket.destroy(),
    }),
    inFlight: countInFlight(maxInFlight, maxInFlightBytes),
    uploads: countInFlight(maxUploads),
    downloads: countInFlight(maxDownloads),
    trackUnread: (response) => {
      const bytes = response.writableLength
      if (bytes === 0 || response.closed) return // the operating system has accepted all of it
      unread.add(response, bytes)
      response.once('close', () => unread.remove(response))
    },
  }
}

/** Counts requests in flight: at most `max` of them, with bodies of at most `maxBytes` together. Default: no limit of bytes. */
export const countInFlight = (max: number, maxBytes = Number.POSITIVE_INFINITY): InFlightRequests => {
  const atLimit = tooMany(`The service is already handling ${max} requests.`)
  const atByteLimit = tooMany(`The bodies of the requests in progress would exceed ${maxBytes / 1_024 / 1_024} MiB.`)
  const inFlight = new Map<ServerResponse, number>()
  let total = 0
  const refusal = () => (inFlight.size >= max ? atLimit : undefined)
  return {
    refusal,
    leave: (response) => {
      total -= inFlight.get(response) ?? 0
      inFlight.delete(response)
    },
    enter: (response, bytes = 0) => {
      const problem = refusal() ?? (total + bytes > maxBytes ? atByteLimit : undefined)
      if (problem) throw problem
      inFlight.set(response, bytes)
      total += bytes
    },
  }
}

const tooMany = (detail: string): Problem =>
  new Problem('too-many-requests', detail, { headers: { 'retry-after': '1' } })
