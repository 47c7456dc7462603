/** The Express application of a service. It checks requests against schemas, and answers errors with problem details. */

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
import { inActiveSpan } from '../telemetry/request-span.ts'
import { traceOfRequest } from '../telemetry/trace-context.ts'
import { asProblem } from './as-problem.ts'
import type { Bounds } from './bounds.ts'
import { docsHandlers, redirectToDocs } from './docs/handlers.ts'
import { formatJson } from './format-json.ts'
import { hasBody } from './has-body.ts'
import { openApi } from './openapi/document.ts'
import { type FieldError, fieldErrors, notFound, Problem } from './problem.ts'
import { prototypeKey } from './prototype-keys.ts'
import { readJson } from './read-json.ts'
import { fileTypesOf, isOptional, type Reply, type Route } from './route.ts'
import { requireAccept, sendFile } from './send-file.ts'
import { acceptUpload, uploadSpec } from './upload.ts'

const maxBodyBytes = 256 * 1_024

export interface AppOptions {
  readonly service: string
  readonly routes: readonly Route[]
  /** Creates the AsyncAPI document of the choreography. */
  readonly asyncApi: () => Promise<object>
  /** Plain handlers outside the API document: health and metrics. */
  readonly operational: Readonly<Record<string, RequestHandler>>
  readonly log: Logger
  readonly bounds: Bounds
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
 */
export const createApp = (options: AppOptions): Express => {
  const { service, routes, asyncApi, operational, bounds, basePath, consoleUrl } = options
  const app = express()
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', 'simple')
    .enable('strict routing') // a path is accepted exactly as the gate checks it
    .enable('case sensitive routing')
  const docs = docsHandlers(
    { service, consoleUrl, openApi: () => openApi(service, routes, basePath), asyncApi },
    bounds,
  )
  for (const [path, handler] of Object.entries({ ...operational, ...docs }))
    app.get(path, handler).all(path, rejectMethod(['get']))
  app.get('/', redirectToDocs)
  const body = bodyReaders(bounds)
  for (const route of routes) {
    app[route.method](
      expressPath(route.path),
      accepting(route),
      ...bodyOf(route, body, bounds),
      inFlight(bounds, handler(route, options)),
    )
  }
  for (const [path, ofPath] of Map.groupBy(routes, (route) => expressPath(route.path))) {
    app.all(path, rejectMethod(ofPath.map(({ method }) => method)))
  }
  app.use((request) => {
    throw notFound(
      `No route for ${request.path}. GET /openapi.json lists the routes of this service, and /docs shows them.`,
    )
  })
  return app.use(handleErrors(options))
}

const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

const accepting = (route: Route): RequestHandler => {
  const files = fileTypesOf(route)
  const mediaTypes = files.length > 0 ? files : ['application/json']
  return (request, _response, next) => {
    requireAccept(request, mediaTypes)
    next()
  }
}

/** JSON between systems is UTF-8 (RFC 8259, section 8.1). */
const requireJson: RequestHandler = (request, _response, next) => {
  const type = request.get('content-type') ?? ''
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type) ?? []
  if (!/^application\/json\s*(;|$)/i.test(type) || !/^utf-?8$/i.test(charset)) {
    throw new Problem(
      'unsupported-media-type',
      type ? `Send application/json in UTF-8, not ${type}.` : 'Send the header Content-Type: application/json.',
    )
  }
  next()
}

interface BodyReaders {
  readonly required: readonly RequestHandler[]
  readonly optional: readonly RequestHandler[]
}

/**
 * Reads a body as bytes, without a content encoding. Until it is complete, the request counts as receiving, not as in
 * flight. Node aborts late requests (server.ts). Above the limit the oldest request is aborted.
 */
const bodyReaders = ({ receiving }: Bounds): BodyReaders => {
  const raw = express.raw({ limit: maxBodyBytes, inflate: false, type: 'application/json' })
  const receive: RequestHandler = (request, response, next) => {
    receiving.add(request, Math.min(maxBodyBytes, Number(request.get('content-length') ?? maxBodyBytes)))
    const received = inActiveSpan((error?: unknown) => {
      receiving.remove(request)
      next(error)
    })
    raw(request, response, received)
  }
  const parse: RequestHandler = (request, _response, next) => {
    const read = readJson(request.body)
    if ('fault' in read) throw new Problem('malformed-json', read.fault)
    request.body = read.value
    next()
  }
  return {
    required: [ifContentType(requireJson), requireBody, receive, parse],
    optional: [ifContentType(requireJson), ifBody(receive), ifBody(parse)],
  }
}

/**
 * A route that changes something accepts JSON or no body. A form on another site can send neither: it always has a
 * content type.
 */
const bodyOf = (route: Route, { required, optional }: BodyReaders, { uploads }: Bounds): readonly RequestHandler[] => {
  const { method, body } = route
  const upload = uploadSpec(route)
  if (upload) return [acceptUpload(upload, uploads)]
  if (body) return isOptional(body) ? optional : required
  return method === 'get' ? [] : optional
}

const ifBody =
  (read: RequestHandler): RequestHandler =>
  (request, response, next) =>
    hasBody(request) ? read(request, response, next) : next()

/** Also checks a request without a body, because an empty form has a content type too. */
const ifContentType =
  (check: RequestHandler): RequestHandler =>
  (request, response, next) =>
    hasBody(request) || request.get('content-type') !== undefined ? check(request, response, next) : next()

/** Reports a missing body as such. The parser would report malformed JSON. */
const requireBody: RequestHandler = (request, _response, next) => {
  if (!hasBody(request)) throw new Problem('malformed-json', 'The body is missing; send JSON.')
  next()
}

/**
 * A request is in flight until its handler has ended, even if its client has disconnected, because the work continues.
 */
const inFlight =
  ({ inFlight: requests }: Bounds, handle: Handler): RequestHandler =>
  async (request, response) => {
    requests.enter(response)
    try {
      await handle(request, response)
    } finally {
      requests.leave(response)
    }
  }

const rejectMethod =
  (methods: readonly string[]): RequestHandler =>
  (request) => {
    const allowed = methods.map((method) => method.toUpperCase())
    throw new Problem('method-not-allowed', `${request.method} is not supported; use ${allowed.join(' or ')}.`, {
      headers: { allow: allowed.join(', ') },
    })
  }

/** The body of a route that changes something and has no fields: empty or absent. */
const emptyBody = z.strictObject({}).optional()

type Handler = (request: Request, response: Response) => Promise<void>

const handler = (route: Route, { bounds, trustTraceparent }: AppOptions): Handler => {
  const compiled = compile(route)
  return async (request, response) => {
    const params = check(compiled.params, request.params, 'not-found')
    const headers = check(compiled.headers, request.headers, 'invalid-fields')
    const query = check(compiled.query, request.query, 'invalid-fields')
    const body = uploadSpec(route) ? request.body : check(compiled.body, request.body, 'invalid-fields')
    const remoteAddress = request.ip ?? ''
    const caller = { traceparent: request.get('traceparent'), tracestate: request.get('tracestate') }
    const trace = traceOfRequest(trustTraceparent ? caller : {})
    const reply = await route.handle({ params, headers, query, body, remoteAddress, trace })
    if (!reply.file) return send(response, reply, bounds)
    bounds.inFlight.leave(response) // clients that read slowly do not keep others from JSON
    await sendFile(request, response, { ...reply, file: reply.file }, bounds.downloads)
  }
}

/** The schemas of a request, compiled: they accept the same values several times faster. */
const compile = ({ method, params, headers, query, body }: Route) => ({
  params: params && z.compile(params),
  headers: headers && z.compile(headers),
  query: query && z.compile(query),
  body: body ? z.compile(body) : method === 'get' ? undefined : emptyBody,
})

const check = (schema: z.ZodType | undefined, value: unknown, kind: 'not-found' | 'invalid-fields'): unknown => {
  if (!schema) return undefined
  const parsed = schema.safeParse(value)
  const prototype = prototypeKey(value)
  const errors = [...(parsed.success ? [] : fieldErrors(parsed.error)), ...(prototype ? [prototype] : [])]
  if (parsed.success && errors.length === 0) return parsed.data
  throw new Problem(kind, summaryOf(errors), { errors })
}

/** Summarizes the first errors. The response lists all of them. */
const summaryOf = (errors: readonly FieldError[]): string => {
  const shown = errors.slice(0, 3).map(({ pointer, detail }) => `${pointer || 'The body'} ${detail}`)
  const more = errors.length - shown.length
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

const send = (response: Response, { status, body, headers = {} }: Reply, { trackUnread }: Bounds): void => {
  response.status(status).set(headers).type('application/json').send(formatJson(body, response))
  trackUnread(response)
}

const handleErrors = ({ log, bounds: { trackUnread }, basePath }: AppOptions): ErrorRequestHandler => {
  const logOutage = onceASecond((err: unknown, path: string) => log.warn({ err, path }, 'requests are rejected'))
  // biome-ignore lint/complexity/useMaxParams: Express recognizes an error handler by its four parameters
  return (error, request, response, next) => {
    if (response.headersSent) return next(error)
    const problem = asProblem(error, request)
    if (problem.kind === 'internal') log.error({ err: error, path: request.path }, 'request failed')
    else if (problem !== error && problem.kind === 'unavailable') logOutage(error, request.path)
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(formatJson(problem.toDocument(basePath), response))
    trackUnread(response)
  }
}
