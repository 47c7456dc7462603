/**
 * The spans of requests, by the conventions (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server).
 * OpenTelemetry's instrumentations would compute the attributes of every request and wrap each of its listeners, also of
 * the many requests that are not recorded.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Attributes, context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { contextOf, linkToCaller } from './trace-context.ts'
import { endSpan, isOff } from './tracing.ts'

const tracer = trace.getTracer('@quadrille/service')

interface Handling {
  /**
   * Whether the caller's trace is continued. Otherwise the request starts its own trace, which links to the caller's: a caller could
   * join any trace, and decide what is recorded.
   */
  readonly trustTraceparent: boolean
  /** The path prefix under which clients reach the service, and which was removed from the URL of the request. */
  readonly basePath: string
  readonly handle: () => void
}

/**
 * Handles a request in its span, which ends with the response. A request that is not recorded has a trace id too, for its
 * messages and log lines.
 */
export const inRequestSpan = (
  request: IncomingMessage,
  response: ServerResponse,
  { trustTraceparent, basePath, handle }: Handling,
): void => {
  const { headers, method = '' } = request
  if (isOff()) {
    handle()
    return
  }
  const caller = trustTraceparent ? contextOf(headers) : ROOT_CONTEXT
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER }, caller)
  if (span.isRecording()) {
    span.setAttributes(attributesOf(request, basePath))
    if (!trustTraceparent) linkToCaller(span, headers)
    response.once('close', () => end(span, response))
  }
  context.with(trace.setSpan(caller, span), handle)
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'])

const attributesOf = (
  { method = '', url = '', headers, httpVersion, socket }: IncomingMessage,
  basePath: string,
): Attributes => {
  return {
    'http.request.method': methods.has(method) ? method : '_OTHER',
    ...(!methods.has(method) && { 'http.request.method_original': method }),
    'url.scheme': 'http',
    'url.path': basePath + pathOf(url),
    ...(url.includes('?') && { 'url.query': '' }), // it may contain personal data
    ...serverOf(headers.host),
    'client.address': socket.remoteAddress, // of a proxy, if there is one: its headers are not believed anywhere
    'network.peer.address': socket.remoteAddress,
    'network.peer.port': socket.remotePort,
    'network.protocol.version': httpVersion,
    'user_agent.original': headers['user-agent'],
  }
}

/** A client may send a whole URL as the target, with a user and a password. */
const pathOf = (target: string): string => target.replace(/^[a-z]+:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? ''

const serverOf = (host = ''): Attributes => {
  const [, address = host, port = 80] = /^(.*):(\d+)$/.exec(host) ?? []
  return { 'server.address': address, 'server.port': Number(port) }
}

/** The route, in Express's syntax, is known after the request was handled. */
const end = (span: Span, { req, headersSent, statusCode, errored }: ServerResponse): void => {
  const route = (req as { route?: { path: string } }).route?.path
  span.setAttribute('http.route', route)
  if (route) span.updateName(`${req.method} ${route}`)
  if (headersSent) span.setAttribute('http.response.status_code', statusCode)
  else span.setAttribute('error.type', 'aborted').setStatus({ code: SpanStatusCode.ERROR })
  if (statusCode >= 500) span.setAttribute('error.type', String(statusCode)).setStatus({ code: SpanStatusCode.ERROR })
  endSpan(span, errored ?? undefined)
}
