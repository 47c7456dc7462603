/** The Express application of a service. It checks requests against schemas, and answers errors with problem details. */

import { randomUUID } from 'node:crypto'
import { onceASecond } from '@quadrille/async'
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import type { Logger } from 'pino'
import { z } from 'zod'
import { traceOfRequest } from '../telemetry/trace-context.ts'
import { asProblem } from './as-problem.ts'
import type { Bounds } from './bounds.ts'
import { checkRoutes } from './check-routes.ts'
import { etagOf, has, refuseUncheckedConditions } from './conditional.ts'
import { docsHandlers, homeHandler } from './docs/handlers.ts'
import { beginStream, type EventStream, type EventStreams } from './event-streams.ts'
import { formatJson } from './format-json.ts'
import { mediaTypesOf, preferred, requireAccept } from './negotiation.ts'
import { openApi } from './openapi/document.ts'
import { type FieldError, fieldErrors, notFound, Problem } from './problem.ts'
import { bodyReaders, bodySize } from './receive-body.ts'
import { expressPath, type Reply, type Route } from './route.ts'
import { sendFile } from './send-file.ts'
import { eventStream } from './server-sent-events.ts'
import { uploadSpec } from './upload.ts'

export interface AppOptions {
  readonly service: string
  readonly routes: readonly Route[]
  /** Creates the AsyncAPI document of the choreography. */
  readonly asyncApi: () => Promise<object>
  /** Plain handlers outside the API document: health and metrics. */
  readonly probes: Readonly<Record<string, RequestHandler>>
  readonly log: Logger
  readonly bounds: Bounds
  readonly streams: EventStreams
  /** Whether a caller's trace is continued. */
  readonly trustTraceparent: boolean
  /** The path prefix under which clients reach the service: see `SharedAdmin`. */
  readonly basePath: string
  /** The pages of the documentation link to it. */
  readonly consoleUrl: string | undefined
}

/**
 * Creates the application. The body of a request is read after its route is matched. Once the body is complete, the
 * request counts as in flight.
 * @throws {Error} if a route gets no requests, or takes those of a probe or a document.
 */
export const createApp = (options: AppOptions): Express => {
  const { service, routes, probes, bounds, basePath } = options
  const app = express()
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', 'simple')
    .enable('strict routing') // a path is accepted exactly as the gate checks it
    .enable('case sensitive routing')
  const docs = docsHandlers({ ...options, openApi: () => openApi(service, routes, basePath) }, bounds)
  const readersOf = bodyReaders(bounds)
  const fixed = { ...probes, ...docs }
  checkRoutes(routes, Object.keys(fixed))
  // The routes come first: Express compares a path with one pattern after the other.
  for (const route of routes) {
    app[route.method](
      expressPath(route.path),
      accepting(route),
      ...readersOf(route),
      inFlight(bounds, handler(route, options)),
    )
  }
  for (const [path, ofPath] of Map.groupBy(routes, (route) => expressPath(route.path))) {
    app.all(path, rejectMethod(ofPath.map(({ method }) => method)))
  }
  for (const [path, handler] of Object.entries(fixed)) app.get(path, handler).all(path, rejectMethod(['get']))
  app.get('/', homeHandler(options, bounds))
  const documents = `GET ${basePath}/openapi.json lists the routes of this service, and ${basePath}/docs shows them.`
  app.use(({ path }) => {
    throw notFound(`No route for ${basePath}${path}. ${documents}`)
  })
  return app.use(handleErrors(options))
}

const accepting = (route: Route): RequestHandler => {
  const mediaTypes = mediaTypesOf(route)
  return (request, response, next) => {
    if (mediaTypes.length > 1) response.vary('accept')
    requireAccept(request, mediaTypes)
    next()
  }
}

/** A request is in flight until its handler has ended, even if its client has disconnected, because the work continues. */
const inFlight =
  ({ inFlight: requests }: Bounds, handle: Handler): RequestHandler =>
  async (request, response) => {
    requests.enter(response, bodySize(request))
    try {
      await handle(request, response)
    } finally {
      requests.leave(response)
    }
  }

const rejectMethod =
  (methods: readonly string[]): RequestHandler =>
  (request) => {
    const allowed = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : method.toUpperCase())) // Express answers HEAD
    throw new Problem('method-not-allowed', `${request.method} is not supported; use ${allowed.join(' or ')}.`, {
      headers: { allow: allowed.join(', ') },
    })
  }

/** The body of a route that changes something and has no fields: empty or absent. */
const emptyBody = z.strictObject({}).optional()

/** The query of a route without parameters. A filter that is ignored would let a request change more than its client means. */
const noQuery = z.strictObject({})

type Handler = (request: Request, response: Response) => Promise<void>

const handler = (route: Route, options: AppOptions): Handler => {
  const compiled = compile(route)
  const mediaTypes = mediaTypesOf(route)
  return async (request, response) => {
    const params = check(compiled.params, request.params, 'not-found')
    const headers = check(compiled.headers, request.headers, 'invalid-fields')
    const query = check(compiled.query, request.query, 'invalid-fields')
    const body = uploadSpec(route) ? request.body : check(compiled.body, request.body, 'invalid-fields')
    const remoteAddress = request.ip ?? ''
    const caller = { traceparent: request.get('traceparent'), tracestate: request.get('tracestate') }
    const trace = traceOfRequest(options.trustTraceparent ? caller : {})
    const mediaType = preferred(request, mediaTypes)
    checkQueryOf(request, mediaType, route)
    refuseUncheckedConditions(request, route)
    const reply = await route.handle({ params, headers, query, body, mediaType, remoteAddress, trace })
    await send(response, reply, options)
  }
}

/** The schemas of a request, compiled: they accept the same values several times faster. */
const compile = ({ method, params, headers, query, body }: Route) => ({
  params: params && z.compile(params),
  headers: headers && z.compile(headers),
  query: z.compile(query ?? noQuery),
  body: body ? z.compile(body) : method === 'get' ? undefined : emptyBody,
})

const check = (schema: z.ZodType | undefined, value: unknown, kind: 'not-found' | 'invalid-fields'): unknown => {
  if (!schema) return undefined
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = fieldErrors(parsed.error)
  throw new Problem(kind, summaryOf(errors), { errors })
}

/** @throws {Problem} 422 for a stream with parameters that only a list has, and the reverse. */
const checkQueryOf = ({ query }: Request, mediaType: string, { listQuery = [], streamQuery = [] }: Route): void => {
  const [excluded, detail] =
    mediaType === eventStream
      ? [listQuery, 'does not apply to a stream: leave it out, or accept application/json']
      : [streamQuery, 'applies to a stream only: leave it out, or accept text/event-stream']
  const errors = excluded.filter((name) => Object.hasOwn(query, name)).map((name) => ({ pointer: `/${name}`, detail }))
  if (errors.length > 0) throw new Problem('invalid-fields', summaryOf(errors), { errors })
}

/** Summarizes the first errors. The response lists all of them. */
const summaryOf = (errors: readonly FieldError[]): string => {
  const shown = errors.slice(0, 3).map(({ pointer, detail }) => `${pointer || 'The body'} ${detail}`)
  const more = errors.length - shown.length
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

const send = async (response: Response, reply: Reply, { bounds, streams }: AppOptions): Promise<void> => {
  const { file, events } = reply
  if (file || events) bounds.inFlight.leave(response) // a slow store, and clients that read slowly, do not keep others from JSON
  if (file) await sendFile(response, { ...reply, file }, bounds.downloads)
  else if (events) await sendEvents(response, { ...reply, events }, streams)
  else sendJson(response, reply)
  if (response.writableEnded) bounds.trackUnread(response) // an open stream has its own limit
}

/** Sends JSON, or 304 to a client that has the same JSON (RFC 9110, section 13.1.2). */
const sendJson = (response: Response, { status, body, headers = {} }: Reply): void => {
  const { req: request } = response
  const compact = JSON.stringify(body)
  response.status(status).set(headers)
  if (status === 200 && (request.method === 'GET' || request.method === 'HEAD')) {
    const etag = etagOf(compact) // the same for each client, also for one that gets indented JSON
    response.set('etag', etag)
    if (has(request, etag)) return void response.status(304).end()
  }
  const text = formatJson(body, response, compact)
  // Express's `send` takes several microseconds more. Node sends no length in a response to HEAD unless it is set.
  response.setHeader('content-length', Buffer.byteLength(text))
  response.setHeader('content-type', 'application/json; charset=utf-8').end(text)
}

/** A HEAD request gets the headers only. */
const sendEvents = async (
  response: Response,
  { status, headers = {}, events }: Reply & { readonly events: EventStream },
  streams: EventStreams,
): Promise<void> => {
  response.status(status).set(headers)
  if (response.req.method !== 'HEAD') return streams.open(response, events)
  beginStream(response)
  response.end()
}

const handleErrors = ({ log, bounds: { trackUnread }, basePath }: AppOptions): ErrorRequestHandler => {
  const logOutage = onceASecond((err: unknown, path: string) => log.warn({ err, path }, 'requests are rejected'))
  // biome-ignore lint/complexity/useMaxParams: Express recognizes an error handler by its four parameters
  return (error, request, response, next) => {
    if (response.headersSent) return next(error)
    const problem = asProblem(error)
    /** By which a person finds the log line of the client's problem (RFC 9457, section 3.1.5). */
    const occurrence = problem.kind === 'internal' ? { instance: `urn:uuid:${randomUUID()}` } : undefined
    if (occurrence) log.error({ err: error, path: request.path, ...occurrence }, 'request failed')
    else if (problem !== error && problem.kind === 'unavailable') logOutage(error, request.path)
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(formatJson({ ...problem.toDocument(basePath), ...occurrence }, response))
    trackUnread(response)
  }
}
