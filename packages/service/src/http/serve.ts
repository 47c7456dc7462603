/** The listeners of a service: its own routes on PORT, and its operations on PORT or ADMIN_PORT. */
import type { RequestHandler } from 'express'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import { createBounds } from './bounds.ts'
import { type Answer, type GateOptions, gate } from './gate.ts'
import type { Route } from './route.ts'
import { type Answering, type HttpServer, listen } from './server.ts'
import { hasAdminPort, isLoopback, type ListenConfig, trustsTraceparent } from './variables.ts'

/** Health, metrics, dead letters and message status, for operators and other services. */
export interface Operations {
  readonly routes: readonly Route[]
  /** Plain handlers by path: health and metrics. */
  readonly handlers: Readonly<Record<string, RequestHandler>>
}

/** A listener for the operations of several services in one process. */
export interface SharedAdmin {
  /** Serves the operations of a service below its own base path. Returns their base URL. */
  mount(service: string, answeringBelow: (basePath: string) => Answering): string
}

export interface Served {
  readonly service: string
  readonly config: ListenConfig
  readonly log: Logger
  readonly routes: readonly Route[]
  readonly operations: Operations
  /** Creates the AsyncAPI document of the choreography. */
  readonly asyncApi: () => Promise<object>
  /** Used instead of ADMIN_PORT. */
  readonly admin: SharedAdmin | undefined
  readonly onAnswer: (answer: Answer) => void
}

export interface Serving {
  readonly url: string
  /** The base URL of the operations. Equals `url` unless they have their own port. */
  readonly adminUrl: string
  /** Stops accepting requests, and resolves when running requests are answered. */
  stop(): Promise<void>
}

/** Resolves when all listeners are open. @throws {Error} with one line, if a port cannot be opened. */
export const serve = async (served: Served): Promise<Serving> => {
  const { service, config, routes, operations, admin } = served
  const { HOST: host, PORT, ADMIN_PORT = PORT, HTTP_MAX_CONNECTIONS: maxConnections } = config
  const listenOn = (answering: Answering, port: number) => listen(answering, { host, port, maxConnections })
  if (!admin && !hasAdminPort(config)) {
    const all = { routes: [...routes, ...operations.routes], handlers: operations.handlers }
    return asServing(await listenOn(answeringBy(all, served), PORT))
  }
  const ofPublic = await listenOn(answeringBy({ routes, handlers: {} }, served), PORT)
  const ofOperations = (basePath: string) =>
    answeringBy(operations, { ...served, anyAddress: !isLoopback(host), basePath })
  if (admin) return asServing(ofPublic, admin.mount(service, ofOperations))
  try {
    const ofAdmin = await listenOn(ofOperations(''), ADMIN_PORT)
    return asServing(ofPublic, ofAdmin.url, ofAdmin)
  } catch (error) {
    await ofPublic.stop()
    throw error
  }
}

const asServing = (ofPublic: HttpServer, adminUrl = ofPublic.url, ofAdmin?: HttpServer): Serving => ({
  url: ofPublic.url,
  adminUrl,
  stop: async () => void (await Promise.all([ofPublic.stop(), ofAdmin?.stop()])),
})

/** The path prefix of a listener, and the addresses that it accepts as hosts. */
type Place = Pick<GateOptions, 'anyAddress' | 'basePath'>

const answeringBy = (
  { routes, handlers }: Operations,
  { service, config, log, asyncApi, onAnswer, anyAddress = false, basePath = '' }: Served & Partial<Place>,
): Answering => {
  const bounds = createBounds(config.HTTP_MAX_IN_FLIGHT)
  const trustTraceparent = trustsTraceparent(config)
  const app = createApp({ service, routes, asyncApi, operational: handlers, log, bounds, trustTraceparent, basePath })
  return gate(app, {
    routes,
    operational: Object.keys(handlers),
    allowedHosts: config.ALLOWED_HOSTS,
    anyAddress,
    bounds,
    basePath,
    onAnswer,
  })
}
