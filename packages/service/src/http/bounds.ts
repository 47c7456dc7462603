/** How much a listener takes on at a time. Each bound is one for the listener as a whole. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from './problem.ts'
import { createWaiting, type Waiting } from './waiting.ts'

export interface Bounds {
  /** Requests whose bodies are coming in. */
  readonly receiving: Waiting<IncomingMessage>
  /** Complete requests whose handlers run. */
  readonly inFlight: InFlightRequests
  /**
   * To be called when an answer has been written: it is followed until its client has read it. If that takes too long, or too
   * much is unread, the connection is closed.
   */
  readonly answered: (response: ServerResponse) => void
}

export interface InFlightRequests {
  /** Why no request can be taken now; undefined where there is room. */
  refusal(): Problem | undefined
  /** Counts a request until it leaves, even if its connection is lost. @throws {Problem} 429 where there is no room. */
  enter(response: ServerResponse): void
  /** Nothing is done for the request any more. */
  leave(response: ServerResponse): void
}

const maxReceiving = 1_000
/** A body whose length isn't given counts as the largest. */
const maxReceivingBytes = 64 * 1_024 * 1_024
const maxUnreadBytes = 64 * 1_024 * 1_024
const readWithinMs = 20_000

export const createBounds = (maxInFlight: number): Bounds => {
  const unread = createWaiting<ServerResponse>({
    maxItems: Number.POSITIVE_INFINITY,
    maxBytes: maxUnreadBytes,
    maxMs: readWithinMs,
    cut: (response) => response.req.socket.destroy(),
  })
  return {
    receiving: createWaiting({
      maxItems: maxReceiving,
      maxBytes: maxReceivingBytes,
      cut: (request) => request.socket.destroy(),
    }),
    inFlight: countInFlight(maxInFlight),
    answered: (response) => {
      const bytes = response.writableLength
      if (bytes === 0 || response.closed) return // the system has taken all of it
      unread.add(response, bytes)
      response.once('close', () => unread.remove(response))
    },
  }
}

/** Counts requests in flight, `max` of them at most. */
export const countInFlight = (max: number): InFlightRequests => {
  const crowded = new Problem('too-many-requests', `${max} requests are being answered already.`, {
    headers: { 'retry-after': '1' },
  })
  const inFlight = new Set<ServerResponse>()
  const refusal = () => (inFlight.size >= max ? crowded : undefined)
  return {
    refusal,
    leave: (response) => void inFlight.delete(response),
    enter: (response) => {
      const problem = refusal()
      if (problem) throw problem
      inFlight.add(response)
    },
  }
}
