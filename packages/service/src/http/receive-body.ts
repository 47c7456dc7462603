/** Middleware that checks and reads the body of a request, after its route is matched. */
import { context } from '@opentelemetry/api'
import express, { type Request, type RequestHandler } from 'express'
import type { Bounds } from './bounds.ts'
import { hasBody } from './has-body.ts'
import { Problem } from './problem.ts'
import { readJson } from './read-json.ts'
import { isOptional, type Route, takesBody } from './route.ts'
import { acceptUpload, uploadSpec } from './upload.ts'

const maxBodyBytes = 256 * 1_024

/**
 * The middleware of a route. One that changes something accepts JSON or no body. A form on another site can send neither: it
 * always has a content type, even if it is empty.
 */
export const bodyReaders = ({ receiving, uploads }: Bounds): ((route: Route) => readonly RequestHandler[]) => {
  const raw = express.raw({ limit: maxBodyBytes, inflate: false, type: 'application/json' })

  /**
   * Reads a body as bytes, without a content encoding. Until it is complete, the request counts as receiving, not as in
   * flight. Node aborts late requests (server.ts). Above the limit the oldest request is aborted. A body that is declared too large
   * is refused before it is read: the parser would answer after it, or Node in its place with 408, which a client would repeat.
   */
  const receive: RequestHandler = (request, response, next) => {
    const bytes = Number(request.get('content-length') ?? maxBodyBytes)
    if (bytes > maxBodyBytes)
      throw new Problem('payload-too-large', `The body has ${bytes} bytes. At most 256 KiB are accepted.`)
    receiving.add(request, bytes)
    const received = (error?: unknown) => {
      receiving.remove(request)
      next(error ?? parse(request))
    }
    raw(request, response, context.bind(context.active(), received)) // the events of the body occur outside of the request's span
  }

  const read =
    (isRequired: boolean): RequestHandler =>
    (request, response, next) => {
      if (hasBody(request) || request.get('content-type') !== undefined) requireJson(request)
      if (hasBody(request)) return receive(request, response, next)
      // The parser would report malformed JSON.
      if (isRequired) throw new Problem('malformed-json', 'The body is missing; send JSON.')
      next()
    }

  return (route) => {
    const upload = uploadSpec(route)
    if (upload) return [acceptUpload(upload, uploads)]
    return takesBody(route) ? [read(route.body !== undefined && !isOptional(route.body))] : []
  }
}

/** JSON between systems is UTF-8 (RFC 8259, section 8.1). @throws {Problem} 415 */
const requireJson = (request: Request): void => {
  const type = request.get('content-type') ?? ''
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type) ?? []
  if (/^application\/json\s*(;|$)/i.test(type) && /^utf-?8$/i.test(charset)) return
  throw new Problem(
    'unsupported-media-type',
    type ? `Send application/json in UTF-8, not ${type}.` : 'Send the header Content-Type: application/json.',
  )
}

/** Replaces the bytes of the body by their value. Returns the problem of a body that can't be read. */
const parse = (request: Request): Problem | undefined => {
  const read = readJson(request.body)
  if ('fault' in read) return new Problem('malformed-json', read.fault)
  request.body = read.value
  return undefined
}
