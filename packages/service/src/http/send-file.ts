import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import type { InFlightRequests } from './bounds.ts'
import { has } from './conditional.ts'

export interface FileReply {
  readonly mediaType: string
  readonly size: number
  /** A strong validator (RFC 9110, section 8.8.3), with its quotes: it differs whenever the bytes differ. */
  readonly etag: string
  /** Opens the bytes. Not called if the client has the file already. It may throw a problem instead. */
  readonly open: () => Promise<Readable>
}

/** How long a client may take to read the file, ms. After that its connection is closed. */
const readWithinMs = 20_000

interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly file: FileReply
}

/**
 * Sends a file, or 304 if the client has it (RFC 9110, section 13.1.2). Resolves when the client has read it. The headers are set
 * after the file is open, because a problem must not be cached like the file.
 * @throws {Problem} 429 at the limit of downloads, and any problem of `open`.
 */
export const sendFile = async (
  response: Response,
  { status, headers = {}, file: { mediaType, size, etag, open } }: Reply,
  downloads: InFlightRequests,
): Promise<void> => {
  if (has(response.req, etag)) return void response.status(304).set(headers).set('etag', etag).end()
  const begin = () =>
    response
      .status(status)
      .set({ ...headers, etag, 'content-length': String(size) })
      .type(mediaType)
  if (response.req.method === 'HEAD') {
    const bytes = await open() // its problem is that of GET
    bytes.destroy()
    return void begin().end()
  }
  downloads.enter(response)
  try {
    const bytes = await open()
    begin()
    await pipeline(bytes, response, { signal: AbortSignal.timeout(readWithinMs) }).catch(() => {
      response.destroy() // the client has disconnected or is too slow, or the status is already sent
    })
  } finally {
    downloads.leave(response)
  }
}
