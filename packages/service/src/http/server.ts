import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Connections, createConnections } from './connections.ts'

/** Answers a request that came by one of these connections. */
export type Answering = (request: IncomingMessage, response: ServerResponse, connections: Connections) => void

export interface HttpServer {
  readonly url: string
  /** Takes no more requests, and resolves when those that run are answered. */
  stop(): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** At the limit the connection that has waited longest for its client is closed. */
  readonly maxConnections: number
}

/** A request must be complete, with its body, within this time, ms. Otherwise the client is told so (408) and cut off. */
const requestTimeoutMs = 5_000
/** How often Node looks for requests that are late, ms. */
const checkEveryMs = 500
/** How long a connection is kept without a request, ms: longer than load balancers do, which usually do so for 60 s. */
const keepAliveMs = 65_000
/**
 * Connections that wait to be accepted. Where they are more, clients are reset instead of told to come again; with Node's
 * default, 511, a crowd of some thousand is. Linux takes `net.core.somaxconn` at most, 4,096 by default.
 */
const backlog = 4_096

/** @throws {Error} in one line, where the address can't be listened on. */
export const listen = async (
  answering: Answering,
  { host, port, maxConnections }: ListenOptions,
): Promise<HttpServer> => {
  const connections = createConnections(maxConnections)
  const server = createServer({
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: checkEveryMs,
    keepAliveTimeout: keepAliveMs,
  })
  server.on('connection', connections.accept)
  server.on('request', (request, response) => answering(request, response, connections))
  server.listen({ port, host, backlog })
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new Error(explain(error, host, port), { cause: error })
  }
  const address = server.address() as AddressInfo // of a port: neither a path nor null
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return { url: `http://${shownHost}:${address.port}`, stop: () => stop(server) }
}

/** How long a stop waits for requests that run, ms. */
const drainMs = 3_000

const stop = async (server: Server): Promise<void> => {
  const closed = once(server, 'close')
  server.close()
  const closeIdle = setInterval(() => server.closeIdleConnections(), 50)
  const cutOff = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearInterval(closeIdle)
  clearTimeout(cutOff)
}

const explain = (error: unknown, host: string, port: number): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is in use. Set PORT to another one, or end what listens there.`
  if (code === 'EACCES') return `Port ${port} may not be used by this user. Set PORT to one above 1023.`
  return `Can't listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`
}
