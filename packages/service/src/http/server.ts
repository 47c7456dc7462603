import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type AddressInfo, Server as TcpServer } from 'node:net'
import { onceASecond } from '@quadrille/async'
import { type Connections, createConnections } from './connections.ts'

/** Not imported: an import reads all exports of the module, and Node then loads its HTTP and WebSocket clients, 14 MB. */
const { createServer } = process.getBuiltinModule('node:http')

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void

export interface HttpServer {
  readonly url: string
  /** Closes each connection after its next response, but goes on accepting requests. */
  leave(): void
  /** Stops accepting requests, and resolves when running requests have ended: after 3 s their connections are closed. */
  stop(): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  /** 0 selects a free port. */
  readonly port: number
  /** The variable that sets the port, for errors. Default PORT. */
  readonly portVariable?: string
  /** At the limit the connection that has waited longest for its client is closed. */
  readonly maxConnections: number
  /** The time limit for receiving a request with its body, ms. After that Node responds with 408 and disconnects. Default 5,000. */
  readonly requestTimeoutMs?: number
}

const headersTimeoutMs = 5_000
/** How often Node checks for late requests, ms. */
const checkEveryMs = 500
/**
 * How long an idle connection is kept, ms: longer than by a proxy, which would otherwise send a request while the connection closes.
 * Proxies keep one for up to 600 s (https://cloud.google.com/load-balancing/docs/https#timeout-keepalive-backends).
 */
const keepAliveMs = 620_000
/** The time without data after which TCP asks the client, ms. Load balancers forget a connection after some minutes without packets. */
const probeAfterMs = 60_000
/**
 * Connections that wait to be accepted. Beyond that, clients are reset instead of getting a 503. Node's default of 511
 * is too small for a few thousand clients. Linux allows up to `net.core.somaxconn`, 4,096 by default.
 */
const backlog = 4_096

/** @throws {Error} with one line, if the address cannot be opened. */
export const listen = async (
  listener: RequestListener,
  { host, port, portVariable = 'PORT', maxConnections, requestTimeoutMs = headersTimeoutMs }: ListenOptions,
): Promise<HttpServer> => {
  const connections = createConnections(maxConnections)
  const server = createServer({
    requestTimeout: requestTimeoutMs,
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: checkEveryMs,
    keepAliveTimeout: keepAliveMs,
    keepAlive: true, // finds clients that have vanished, and keeps idle connections known to firewalls
    keepAliveInitialDelay: probeAfterMs,
  })
  forgivePauses(server)
  server.on('connection', connections.accept)
  const handle: RequestListener = (request, response) => {
    if (connections.begin(request, response)) listener(request, response)
  }
  server.on('request', handle)
  server.on('checkExpectation', handle) // a server may ignore an expectation (RFC 9110, section 10.1.1); Node would respond itself
  server.listen({ port, host, backlog })
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new Error(explain(error, { host, port, portVariable }), { cause: error })
  }
  server.on('error', reportAcceptError)
  const address = server.address() as AddressInfo // a listening TCP server has an address object
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return { url: `http://${shownHost}:${address.port}`, leave: connections.leave, stop: () => stop(server, connections) }
}

/**
 * Extends the time limits after this process was paused, or was busy, by that time, and then shortens them as time passes. Node would
 * otherwise end connections before it reads the bytes that have arrived meanwhile.
 */
const forgivePauses = (server: Server): void => {
  const { headersTimeout, requestTimeout } = server
  let checkedAtMs = performance.now()
  let pausedMs = 0
  /** Node reads the limits at each of its checks, and only there. */
  const extended = (limitMs: number) => (): number => {
    const elapsedMs = performance.now() - checkedAtMs
    checkedAtMs += elapsedMs
    pausedMs = Math.max(0, elapsedMs - checkEveryMs, pausedMs - elapsedMs)
    return limitMs + Math.ceil(pausedMs)
  }
  Object.defineProperties(server, {
    headersTimeout: { get: extended(headersTimeout) },
    requestTimeout: { get: extended(requestTimeout) },
  })
}

/** The system could not accept a connection, for example without memory or free descriptors. The server accepts later ones. */
const reportAcceptError = onceASecond((error: Error) => process.emitWarning(error))

/** How long a stop waits for running requests, ms. */
const drainMs = 3_000
/** How long it waits at least for a request that its client has sent before it could see that its idle connection is closed, ms. */
const idleMs = 100

/** Node counts a connection as idle while its client still reads the response, so Node's functions would cut off that response. */
const stop = async (server: Server, connections: Connections): Promise<void> => {
  const closed = once(server, 'close')
  TcpServer.prototype.close.call(server) // the function of the HTTP server also closes idle connections
  connections.leave()
  connections.drain()
  const draining = setInterval(connections.drain, idleMs)
  const cutOff = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearInterval(draining)
  clearTimeout(cutOff)
  server.close() // ends the check for late requests
}

const explain = (
  error: unknown,
  { host, port, portVariable }: Pick<ListenOptions, 'host' | 'port' | 'portVariable'>,
): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is in use. Set ${portVariable} to another one, or stop the other program.`
  if (code === 'EACCES') return `This user may not open port ${port}. Set ${portVariable} to one above 1023.`
  return `Can't listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`
}
