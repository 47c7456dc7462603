/** Middleware that checks and reads the body of a request, after its route is matched. */
import express, { type RequestHandler } from 'express'
import { inActiveSpan } from '../telemetry/request-span.ts'
import type { Bounds } from './bounds.ts'
import { hasBody } from './has-body.ts'
import { Problem } from './problem.ts'
import { readJson } from './read-json.ts'
import { isOptional, type Route } from './route.ts'
import { acceptUpload, uploadSpec } from './upload.ts'

const maxBodyBytes = 256 * 1_024

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
export const bodyReaders = ({ receiving }: Bounds): BodyReaders => {
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
export const bodyOf = (
  route: Route,
  { required, optional }: BodyReaders,
  { uploads }: Bounds,
): readonly RequestHandler[] => {
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
