/** The open connections of a listener. Their number is bounded, and so is the number of pipelined requests of each. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { hasBody } from './has-body.ts'
import { createWaiting } from './waiting.ts'

export interface Connections {
  /** Accepts a new connection. At the limit it closes the connection that has waited longest for its client. */
  accept(socket: Socket): void
  /**
   * Counts a request until its response ends. Returns false if the request must not be handled: its connection is closed, closes
   * after an earlier response, or is closed now, because the request exceeds the limit.
   */
  begin(request: IncomingMessage, response: ServerResponse): boolean
  /** From now on each connection closes after its next response, which says so. Connections without a request stay open. */
  leave(): void
  /**
   * Closes the connections without a request that had none at the previous call either. Call it after `leave` at intervals, until all
   * are closed. A request is counted until the system has accepted its whole response.
   */
  drain(): void
}

/**
 * The maximum number of pipelined requests of a connection. Clients rarely pipeline more than one. Pending requests need
 * much more memory than their size on the wire.
 */
const maxPipelined = 100

/**
 * At most `maxWaiting` connections wait for their clients. A connection with a complete request waits for the service
 * instead.
 */
export const createConnections = (maxWaiting: number): Connections => {
  const unanswered = new Map<Socket, Set<ServerResponse>>()
  const waiting = createWaiting<Socket>({ maxItems: maxWaiting, evict: (socket) => socket.destroy() })
  let leaving = false
  let idle = new Set<Socket>()
  return {
    accept: (socket) => {
      unanswered.set(socket, new Set())
      waiting.add(socket)
      socket.once('close', () => {
        unanswered.delete(socket)
        waiting.remove(socket)
      })
    },
    begin: (request, response) => {
      const { socket } = request
      const responses = unanswered.get(socket)
      if (!responses || socket.destroyed) return false
      if (leaving && [...responses].some(isLast)) return false
      if (leaving) response.shouldKeepAlive = false
      responses.add(response)
      if (responses.size > maxPipelined) {
        socket.destroy()
        return false
      }
      onceReceived(request, () => {
        if (!response.closed) waiting.remove(socket) // an unread body may end after the response
      })
      response.once('close', () => {
        responses.delete(response)
        if (!socket.destroyed && responses.size === 0) waiting.add(socket)
      })
      return true
    },
    leave: () => {
      leaving = true
      for (const responses of unanswered.values()) {
        const last = [...responses].at(-1)
        if (last && !last.headersSent) last.shouldKeepAlive = false
      }
    },
    drain: () => {
      const now = [...unanswered].flatMap(([socket, { size }]) => (size === 0 ? [socket] : []))
      for (const socket of now) if (idle.has(socket)) socket.destroy()
      idle = new Set(now)
    },
  }
}

/** True if the connection closes after this response. */
const isLast = ({ shouldKeepAlive }: ServerResponse): boolean => !shouldKeepAlive

const onceReceived = (request: IncomingMessage, then: () => void): void => {
  if (hasBody(request)) request.once('end', then)
  else then()
}
