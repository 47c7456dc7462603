/** Request bodies that are files, which a handler reads as a stream. Nothing of them is kept in memory. */
import type { Readable } from 'node:stream'
import type { RequestHandler } from 'express'
import { z } from 'zod'
import type { InFlightRequests } from './bounds.ts'
import { hasBody } from './has-body.ts'
import { isEncoded } from './is-encoded.ts'
import { Problem } from './problem.ts'
import type { Route } from './route.ts'

export interface UploadSpec {
  readonly description: string
  readonly mediaTypes: readonly [string, ...string[]]
  readonly maxBytes: number
}

export interface Upload {
  /** The content type as the client declares it: one of the accepted ones. The bytes may be of another type. */
  readonly mediaType: string
  /**
   * The bytes, which can be read once. It throws a problem if there are more than the route accepts, or if the client
   * disconnects. If the reader ends early, the rest is discarded.
   */
  readonly chunks: AsyncIterable<Uint8Array>
}

const specs = z.registry<UploadSpec>()

/** The `body` of a route that accepts a file instead of JSON. */
export const uploadOf = (spec: UploadSpec): z.ZodType<Upload> => z.custom<Upload>().register(specs, spec)

/** The specification of a route's upload. Undefined for other routes. */
export const uploadSpec = ({ body }: Pick<Route, 'body'>): UploadSpec | undefined => body && specs.get(body)

/** How long a client has for an upload, ms: 10 MB at 1.4 Mbit/s. */
export const uploadTimeoutMs = 60_000

/** Checks the headers before any byte is read, and limits how many uploads arrive at a time. */
export const acceptUpload =
  (spec: UploadSpec, uploads: InFlightRequests): RequestHandler =>
  (request, response, next) => {
    const [mediaType = ''] = (request.get('content-type') ?? '').toLowerCase().split(';')
    const { mediaTypes, maxBytes } = spec
    if (!mediaTypes.includes(mediaType.trim()) || isEncoded(request)) {
      const sent = request.get('content-type') ?? 'nothing'
      throw new Problem(
        'unsupported-media-type',
        `Send ${mediaTypes.join(' or ')} without a content encoding, not ${sent}.`,
      )
    }
    if (!hasBody(request)) throw new Problem('unsupported-media-type', 'The body is missing; send the file.')
    if (Number(request.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
    uploads.enter(response)
    response.once('close', () => uploads.leave(response))
    request.body = { mediaType: mediaType.trim(), chunks: chunksOf(request, maxBytes) } satisfies Upload
    next()
  }

const tooLarge = (maxBytes: number): Problem =>
  new Problem('payload-too-large', `The file is larger than ${maxBytes.toLocaleString('en')} bytes.`)

/** The client can't read it, but it is not an error of the service. */
const disconnected = (): Problem => new Problem('malformed-request', 'The client disconnected during the upload.')

async function* chunksOf(
  request: Pick<Readable, 'resume'> & { iterator(options: object): AsyncIterable<Uint8Array> },
  maxBytes: number,
): AsyncIterable<Uint8Array> {
  let bytes = 0
  try {
    // Not destroyed early, because the response needs the connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      yield chunk
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') throw disconnected()
    throw error
  } finally {
    // Discards the rest, until the time limit of the request: a client may read the response only after it has sent everything.
    // Node does this only for requests of which nothing was read.
    request.resume()
  }
}
