/** The open connections of a listener: bounded in number, and each one in how many requests it sends ahead of their answers. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { hasBody } from './has-body.ts'
import { createWaiting } from './waiting.ts'

export interface Connections {
  /** Takes a new connection. Beyond the bound the one is closed that has waited longest for its client. */
  accept(socket: Socket): void
  /** Counts a request until it is answered. False where its connection is closed, or is closed now for asking too much. */
  begin(request: IncomingMessage, response: ServerResponse): boolean
}

/**
 * How many requests one connection may send ahead of their answers (pipelining). Clients rarely send more than one ahead; a
 * flood of small requests would cost much more memory than it takes to send.
 */
const maxPipelined = 100

/** At most `maxWaiting` connections wait for their clients. One whose request is complete waits for the service. */
export const createConnections = (maxWaiting: number): Connections => {
  const unanswered = new Map<Socket, number>()
  const waiting = createWaiting<Socket>({ maxItems: maxWaiting, cut: (socket) => socket.destroy() })
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
        if (!response.closed) waiting.remove(socket) // a body that wasn't read may end after its answer
      }
      if (hasBody(request)) request.once('end', complete)
      else complete()
      response.once('close', () => {
        if (!socket.destroyed && count(socket, -1) === 0) waiting.add(socket)
      })
      return true
    },
  }
}
