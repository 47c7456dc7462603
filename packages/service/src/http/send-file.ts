import type { Response } from 'express'
import type { InFlightRequests } from './bounds.ts'
import { has } from './conditional.ts'

/** A file that is small enough to be sent from memory. */
export interface FileReply {
  readonly mediaType: string
  /** A strong validator (RFC 9110, section 8.8.3), with its quotes: it differs whenever the bytes differ. */
  readonly etag: string
  /** Reads the bytes. Not called if the client has the file already. It may throw a problem instead. */
  readonly read: () => Promise<Uint8Array>
}

interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly file: FileReply
}

/**
 * Sends a file, or 304 if the client has it (RFC 9110, section 13.1.2). The headers are set after the file is read, because a problem
 * must not be cached like the file. HEAD reads it too, because its response should be that of GET (RFC 9110, section 9.3.2), also if
 * the bytes are lost.
 * @throws {Problem} 429 at the limit of downloads, and any problem of `read`.
 */
export const sendFile = async (
  response: Response,
  { status, headers = {}, file: { mediaType, etag, read } }: Reply,
  downloads: InFlightRequests,
): Promise<void> => {
  if (has(response.req, etag)) return void response.status(304).set(headers).set('etag', etag).end()
  downloads.enter(response)
  try {
    const bytes = await read()
    const length = String(bytes.byteLength)
    response
      .status(status)
      .set({ ...headers, etag, 'content-length': length })
      .type(mediaType)
      .end(bytes) // to HEAD, Node sends no bytes
  } finally {
    downloads.leave(response)
  }
}
