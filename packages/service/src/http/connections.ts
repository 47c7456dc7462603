/** The open connections of a listener. Their number is bounded, and so is the number of pipelined requests of each. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { hasBody } from './has-body.ts'
import { createWaiting } from './waiting.ts'

export interface Connections {
  /** Accepts a new connection. At the limit it closes the connection that has waited longest for its client. */
  accept(socket: Socket): void
  /**
   * Counts a request until its response ends. Returns false if the connection is closed already, or if this request
   * exceeds the limit and closes it.
   */
  begin(request: IncomingMessage, response: ServerResponse): boolean
  /** Closes the connections without a request. A request is counted until its client has been sent the whole response. */
  closeIdle(): void
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
  const unanswered = new Map<Socket, number>()
  const waiting = createWaiting<Socket>({ maxItems: maxWaiting, evict: (socket) => socket.destroy() })
  const count = (socket: Socket, change: number): number => {
    const requests = (unanswered.get(socket) ?? 0) + change
    unanswered.set(socket, requests)
    return requests
  }
  return {
    accept: (socket) => {
      unanswered.set(socket, 0)
      waiting.add(socket)
      socket.once('close', () => {
        unanswered.delete(socket)
        waiting.remove(socket)
      })
    },
    begin: (request, response) => {
      const { socket } = request
      if (socket.destroyed) return false
      if (count(socket, 1) > maxPipelined) {
        socket.destroy()
        return false
      }
      const complete = () => {
        if (!response.closed) waiting.remove(socket) // an unread body may end after the response
      }
      if (hasBody(request)) request.once('end', complete)
      else complete()
      response.once('close', () => {
        if (!socket.destroyed && count(socket, -1) === 0) waiting.add(socket)
      })
      return true
    },
    closeIdle: () => {
      for (const [socket, requests] of unanswered) if (requests === 0) socket.destroy()
    },
  }
}
