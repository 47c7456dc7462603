import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HttpServer {
  readonly url: string
  /** Takes no more requests, and resolves when those that run are answered. */
  stop(): Promise<void>
}

/** A client that sends its request slower than this is cut off, ms. */
const requestTimeoutMs = 30_000
const headersTimeoutMs = 10_000
/**
 * Connections that wait to be accepted. Where they are more, clients are reset instead of told to come again; with Node's
 * default, 511, a crowd of some thousand is. Linux takes `net.core.somaxconn` at most, 4,096 by default.
 */
const backlog = 4_096

/** @throws {Error} in one line, where the address can't be listened on. */
export const listen = async (requests: RequestListener, host: string, port: number): Promise<HttpServer> => {
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: headersTimeoutMs, keepAliveTimeout: 65_000 },
    requests,
  )
  server.listen({ port, host, backlog })
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new Error(explain(error, host, port), { cause: error })
  }
  const address = server.address() as AddressInfo
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
