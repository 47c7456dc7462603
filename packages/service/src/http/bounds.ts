/** How much a listener takes on at a time. Each bound is one for the listener as a whole. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from './problem.ts'
import { createWaiting, type Waiting } from './waiting.ts'

export interface Bounds {
  /** Requests whose bodies are coming in. */
  readonly receiving: Waiting<IncomingMessage>
  /** Complete requests that are being answered. */
  readonly inFlight: InFlightRequests
  /** Answers that their clients have not read. */
  readonly unread: UnreadAnswers
}

export interface InFlightRequests {
  /** Why no request can be taken now; undefined where there is room. */
  refusal(): Problem | undefined
  /** Counts a request until its answer is sent. @throws {Problem} 429 where there is no room. */
  enter(response: ServerResponse): void
}

export interface UnreadAnswers {
  /** Follows an answer that has been written, until the client has read it. It is cut off if that takes too long. */
  watch(response: ServerResponse): void
}

const maxReceiving = 1_000
/** A body whose length isn't given counts as the largest. */
const maxReceivingBytes = 64 * 1_024 * 1_024
const maxUnreadBytes = 64 * 1_024 * 1_024
const readWithinMs = 20_000

export const createBounds = (maxInFlight: number): Bounds => ({
  receiving: createWaiting({
    maxItems: maxReceiving,
    maxBytes: maxReceivingBytes,
    cut: (request) => request.socket.destroy(),
  }),
  inFlight: countInFlight(maxInFlight),
  unread: watchUnread(),
})

/** Counts requests in flight, `max` of them at most. */
export const countInFlight = (max: number): InFlightRequests => {
  const crowded = new Problem('too-many-requests', `${max} requests are being answered already.`, {
    headers: { 'retry-after': '1' },
  })
  let inFlight = 0
  const refusal = () => (inFlight >= max ? crowded : undefined)
  return {
    refusal,
    enter: (response) => {
      const problem = refusal()
      if (problem) throw problem
      inFlight += 1
      response.once('close', () => {
        inFlight -= 1
      })
    },
  }
}

const watchUnread = (): UnreadAnswers => {
  const unread = createWaiting<ServerResponse>({
    maxItems: Number.POSITIVE_INFINITY,
    maxBytes: maxUnreadBytes,
    maxMs: readWithinMs,
    cut: (response) => response.req.socket.destroy(),
  })
  return {
    watch: (response) => {
      const bytes = response.writableLength
      if (bytes === 0 || response.closed) return // the system has taken all of it
      unread.add(response, bytes)
      response.once('close', () => unread.remove(response))
    },
  }
}
