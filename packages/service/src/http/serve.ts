/** The listeners of a service: its own routes on PORT, and its admin endpoints on PORT or ADMIN_PORT. */
import type { RequestHandler } from 'express'
import type { Logger } from 'pino'
import { inRequestSpan } from '../telemetry/request-span.ts'
import { createApp } from './app.ts'
import { createBounds } from './bounds.ts'
import { createEventStreams, type EventStreams, type OnStream } from './event-streams.ts'
import { type GateOptions, gate, pathOf, type ResponseRecord } from './gate.ts'
import type { Route } from './route.ts'
import { type HttpServer, listen, type RequestListener } from './server.ts'
import { uploadSpec, uploadTimeoutMs } from './upload.ts'
import { hasAdminPort, isLoopback, type ListenConfig, trustsTraceparent } from './variables.ts'

/** The routes of a listener, and handlers that are not in its API document. */
export interface Endpoints {
  readonly routes: readonly Route[]
  /** Plain handlers by path: health and metrics. */
  readonly probes: Readonly<Record<string, RequestHandler>>
}

/** A listener for the admin endpoints of several services in one process. */
export interface SharedAdmin {
  /** Serves the admin endpoints of a service below its own base path. Returns their base URL. */
  mount(service: string, listenerBelow: (basePath: string) => RequestListener): string
}

export interface ServeOptions {
  readonly service: string
  readonly config: ListenConfig
  /** The variable that sets PORT, for errors: that of the caller, if PORT comes from another one. Default PORT. */
  readonly portVariable?: string
  readonly log: Logger
  readonly routes: readonly Route[]
  /** Health, metrics, dead letters and the whereabouts of messages, for operators and other services. */
  readonly adminEndpoints: Endpoints
  readonly asyncApi: () => Promise<object>
  /** Serves the admin endpoints of several services in one process, instead of ADMIN_PORT. */
  readonly admin?: SharedAdmin | undefined
  readonly onResponse: (record: ResponseRecord) => void
  readonly onStream: OnStream
}

export interface HttpListeners {
  readonly url: string
  /** The base URL of the admin endpoints. Equals `url` unless they have their own port. */
  readonly adminUrl: string
  /** Closes each connection after its next response, so that clients turn to other instances. Goes on accepting requests. */
  leave(): void
  /**
   * Stops accepting requests, ends event streams, and resolves when running requests have ended: after 3 s their connections are
   * closed.
   */
  stop(): Promise<void>
}

/** Resolves when all listeners are open. @throws {Error} with one line, if a port cannot be opened. */
export const serve = async (options: ServeOptions): Promise<HttpListeners> => {
  const { service, config, portVariable = 'PORT', routes, adminEndpoints, admin, log, onStream } = options
  const { HOST: host, PORT, ADMIN_PORT = PORT, HTTP_MAX_CONNECTIONS: maxConnections } = config
  const streams = createEventStreams({ log, onStream })
  const takesUploads = routes.some((route) => uploadSpec(route) !== undefined)
  const limits = { maxConnections, ...(takesUploads && { requestTimeoutMs: uploadTimeoutMs }) }
  const listenOnPort = (listener: RequestListener) => listen(listener, { host, port: PORT, portVariable, ...limits })
  if (!admin && !hasAdminPort(config)) {
    const all = { routes: [...routes, ...adminEndpoints.routes], probes: adminEndpoints.probes }
    return listenersOf(streams, await listenOnPort(createListener(all, { ...options, streams })))
  }
  const publicServer = await listenOnPort(createListener({ routes, probes: {} }, { ...options, streams }))
  const adminListener = (basePath: string) =>
    createListener(adminEndpoints, { ...options, streams, anyAddress: !isLoopback(host), basePath })
  if (admin) return listenersOf(streams, publicServer, { url: admin.mount(service, adminListener) })
  try {
    const adminAddress = { host, port: ADMIN_PORT, portVariable: 'ADMIN_PORT', ...limits }
    const adminServer = await listen(adminListener(''), adminAddress)
    return listenersOf(streams, publicServer, adminServer)
  } catch (error) {
    await publicServer.stop()
    throw error
  }
}

const listenersOf = (
  streams: EventStreams,
  publicServer: HttpServer,
  adminServer: Pick<HttpServer, 'url'> & Partial<HttpServer> = { url: publicServer.url },
): HttpListeners => ({
  url: publicServer.url,
  adminUrl: adminServer.url,
  leave: () => {
    publicServer.leave()
    adminServer.leave?.()
  },
  stop: async () => {
    streams.stop()
    await Promise.all([publicServer.stop(), adminServer.stop?.()])
  },
})

interface ListenerOptions extends ServeOptions, Partial<Pick<GateOptions, 'anyAddress' | 'basePath'>> {
  readonly streams: EventStreams
}

const createListener = (
  endpoints: Endpoints,
  { anyAddress = false, basePath = '', ...options }: ListenerOptions,
): RequestListener => {
  const { config } = options
  const bounds = createBounds(config.HTTP_MAX_IN_FLIGHT)
  const trustTraceparent = trustsTraceparent(config)
  const shared = { ...options, ...endpoints, bounds, basePath }
  const app = createApp({ ...shared, trustTraceparent, consoleUrl: config.CONSOLE_URL })
  const probePaths = new Set(Object.keys(endpoints.probes))
  const handle = gate(app, { ...shared, probePaths, allowedHosts: config.ALLOWED_HOSTS, anyAddress })
  return (request, response) => {
    if (probePaths.has(pathOf(request))) return handle(request, response) // without a span, because they are polled
    inRequestSpan(request, response, { trustTraceparent, basePath, handle: () => handle(request, response) })
  }
}
