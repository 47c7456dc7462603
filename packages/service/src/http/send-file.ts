/** Responses that are files. */
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Request, Response } from 'express'
import { Problem } from './problem.ts'

export interface FileReply {
  readonly mediaType: string
  /** The number of bytes. */
  readonly size: number
  /** A strong validator (RFC 9110, section 8.8.3), with its quotes: it differs whenever the bytes differ. */
  readonly etag: string
  /** Opens the bytes. Not called for HEAD, or if the client has the file already. */
  readonly open: () => Promise<Readable>
}

/** How long a client may take to read the file, ms. After that its connection is closed. */
const readWithinMs = 20_000

/** Sends a file, or 304 if the client has it (RFC 9110, section 13.1.2). Resolves when the client has read it. */
export const sendFile = async (
  request: Request,
  response: Response,
  { mediaType, size, etag, open }: FileReply,
): Promise<void> => {
  response.set('etag', etag)
  if (has(request, etag)) return void response.status(304).end()
  response.set('content-length', String(size)).type(mediaType)
  if (request.method === 'HEAD') return void response.end()
  const bytes = await open()
  try {
    await pipeline(bytes, response, { signal: AbortSignal.timeout(readWithinMs) })
  } catch {
    response.destroy() // the client has disconnected or is too slow, or the status is already sent
  }
}

/** Express's own check ignores the condition if the request has `Cache-Control: no-cache`, which `fetch` adds. */
const has = (request: Request, etag: string): boolean => {
  const known = (request.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
}

/** @throws {Problem} 406 if the client accepts neither the file nor a problem. */
export const requireAccept = (request: Request, mediaTypes: readonly string[]): void => {
  if (request.accepts([...mediaTypes, 'application/problem+json'])) return
  throw new Problem('not-acceptable', `This route returns ${mediaTypes.join(' or ')}, not ${request.get('accept')}.`)
}
