/**
 * Checks every request before Express, and before its body is read: it must be trusted, and there must be capacity. Under
 * overload most requests are rejected, so a rejection must be cheap.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Express, Request } from 'express'
import { type Bounds, countInFlight, createBounds } from './bounds.ts'
import { isEventStream } from './event-streams.ts'
import type { Problem } from './problem.ts'
import { protectiveHeaders } from './protective-headers.ts'
import type { Route } from './route.ts'
import type { RequestListener } from './server.ts'
import { createTrustCheck, type TrustOptions } from './trust.ts'

export interface GateOptions extends TrustOptions {
  readonly routes: readonly Route[]
  /**
   * Paths of health and metrics. They have their own limit, so they are served even if there is no capacity for other
   * requests.
   */
  readonly probePaths: ReadonlySet<string>
  readonly bounds: Bounds
  /** The path prefix under which clients reach the service: see `SharedAdmin`. */
  readonly basePath: string
  readonly onResponse: (record: ResponseRecord) => void
}

export interface ResponseRecord {
  readonly method: string
  /** The route in Express's syntax, such as /items/:id. Empty if no route matched. */
  readonly path: string
  /**
   * 499 if the client disconnected before the response, or a stop of the service has closed the connection. 400 if the client
   * disconnected before the end of its request.
   */
  readonly status: number
  /**
   * The time from the headers until the end of the response. Undefined if the gate rejected the request, and for an event stream,
   * which ends when its client wants.
   */
  readonly tookMs?: number
}

/** The maximum number of concurrent requests for health and metrics. They share a cached result, so each is cheap. */
const maxProbes = 500

/** As in the logs of nginx. */
const clientDisconnected = 499

/** Passes requests to the app if they are trusted and there is capacity. */
export const gate = (app: Express, options: GateOptions): RequestListener => {
  const { routes, probePaths, bounds, basePath, onResponse, ...trust } = options
  const checkTrust = createTrustCheck(trust)
  const probes = createProbeLane(bounds)
  const others: Lane = {
    refusal: bounds.inFlight.refusal,
    // Express adds its fields to the same object.
    enter: (request, response) => timeResponse(request as Request, response, onResponse),
  }
  const refusals = refusalsOf(routes)
  const headers = Object.entries(protectiveHeaders)
  return (request, response) => {
    const { method = '' } = request
    const path = pathOf(request)
    const lane = probePaths.has(path) ? probes : others
    const route = refusals.get(`${method} ${path}`)
    const problem = checkTrust(request) ?? lane.refusal() ?? route?.refusal()
    if (problem) {
      refuse(response, problem, basePath)
      bounds.trackUnread(response)
      return onResponse({ method, path: route?.path ?? '', status: problem.status })
    }
    for (const [name, value] of headers) response.setHeader(name, value)
    lane.enter(request, response)
    app(request, response)
  }
}

export interface RefuseOptions extends TrustOptions {
  /** The path prefix of a service that serves `/docs/problems`. */
  readonly basePath: () => string
}

/** Rejects every trusted request with this problem. */
export const refuseAll = (problem: () => Problem, { basePath, ...trust }: RefuseOptions): RequestListener => {
  const checkTrust = createTrustCheck(trust)
  const { trackUnread } = createBounds(1)
  return (request, response) => {
    refuse(response, checkTrust(request) ?? problem(), basePath())
    trackUnread(response)
  }
}

/** A class of requests with its own limit. */
interface Lane {
  readonly refusal: () => Problem | undefined
  readonly enter: (request: IncomingMessage, response: ServerResponse) => void
}

/**
 * Probes share a cached result, so a probe ends when its client disconnects. Metrics pages are large, so clients that read
 * slowly are tracked.
 */
const createProbeLane = ({ trackUnread }: Bounds): Lane => {
  const { refusal, enter, leave } = countInFlight(maxProbes)
  return {
    refusal,
    enter: (_request, response) => {
      enter(response)
      response.once('close', () => leave(response))
      response.once('prefinish', () => {
        leave(response)
        trackUnread(response)
      })
    },
  }
}

/** The path, without the query. The trust check rejects any other target, such as a whole URL. */
export const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? ''

/** The admission checks of routes, by method and path. */
const refusalsOf = (routes: readonly Route[]) =>
  new Map(
    routes.flatMap(({ method, path, refusal }) =>
      refusal ? [[`${method.toUpperCase()} ${path}`, { path, refusal }] as const] : [],
    ),
  )

const timeResponse = (request: Request, response: ServerResponse, onResponse: GateOptions['onResponse']): void => {
  const begunMs = performance.now()
  response.once('close', () => {
    const status = response.headersSent ? response.statusCode : clientDisconnected
    const record = { method: request.method, path: request.route?.path ?? '', status }
    onResponse(isEventStream(response) ? record : { ...record, tookMs: performance.now() - begunMs })
  })
}

const refuse = (response: ServerResponse, problem: Problem, basePath: string): void => {
  const text = JSON.stringify(problem.toDocument(basePath))
  response
    .writeHead(problem.status, {
      ...protectiveHeaders,
      ...problem.headers,
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}
