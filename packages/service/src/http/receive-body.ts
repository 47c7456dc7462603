/** Middleware that checks and reads the body of a request, after its route is matched. */
import type { Request, RequestHandler } from 'express'
import type { Bounds } from './bounds.ts'
import { hasBody } from './has-body.ts'
import { isEncoded } from './is-encoded.ts'
import { Problem } from './problem.ts'
import { maxBodyBytes, readBody } from './read-body.ts'
import { readJson } from './read-json.ts'
import { isOptional, type Route, takesBody } from './route.ts'
import { acceptUpload, uploadSpec } from './upload.ts'

const sizes = new WeakMap<Request, number>()

/** The size of the JSON body that was read, bytes. 0 without one. */
export const bodySize = (request: Request): number => sizes.get(request) ?? 0

/**
 * The middleware of a route. One that changes something accepts JSON or no body. A form on another site can send neither: it
 * always has a content type, even if it is empty.
 */
export const bodyReaders = ({ receiving, uploads }: Bounds): ((route: Route) => readonly RequestHandler[]) => {
  /**
   * Reads the value of a body. Until the body is complete, the request counts as receiving, not as in flight. Node aborts late
   * requests (server.ts). Above the limit the oldest request is aborted. A body that is declared too large is not read.
   */
  const receive = async (request: Request): Promise<unknown> => {
    const bytes = Number(request.get('content-length') ?? maxBodyBytes)
    if (bytes > maxBodyBytes)
      throw new Problem('payload-too-large', `The body has ${bytes} bytes. At most 256 KiB are accepted.`)
    receiving.add(request, bytes)
    try {
      const body = await readBody(request, bytes)
      sizes.set(request, body.byteLength)
      return parse(body)
    } finally {
      receiving.remove(request)
    }
  }

  const read =
    (isRequired: boolean): RequestHandler =>
    async (request, _response, next) => {
      if (hasBody(request) || request.get('content-type') !== undefined) requireJson(request)
      if (hasBody(request)) request.body = await receive(request)
      else if (isRequired) throw new Problem('malformed-json', 'The body is missing; send JSON.')
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
  if (!/^application\/json\s*(;|$)/i.test(type) || !/^utf-?8$/i.test(charset))
    throw new Problem(
      'unsupported-media-type',
      type ? `Send application/json in UTF-8, not ${type}.` : 'Send the header Content-Type: application/json.',
    )
  if (isEncoded(request)) throw new Problem('unsupported-media-type', 'Send the body without a content encoding.')
}

/** @throws {Problem} 400 */
const parse = (body: Uint8Array): unknown => {
  const read = readJson(body)
  if ('fault' in read) throw new Problem('malformed-json', read.fault)
  return read.value
}
