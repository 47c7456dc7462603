/** Parses the response of an HTTP server (RFC 9112). */

export interface Answer {
  readonly status: number
  readonly body: string
  /** Whether it has a Retry-After header. */
  readonly hasRetryAfter: boolean
  /** Whether the server closes the connection after it. */
  readonly closesConnection: boolean
}

/**
 * Null while the response is incomplete. A connection has one request at a time, so that nothing follows a response.
 * @throws if it has neither a Content-Length nor chunks.
 */
export const parseAnswer = (text: string): Answer | null => {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const head = text.slice(0, headEnd)
  const body = bodyOf(head, text.slice(headEnd + 4))
  if (body === null) return null
  return {
    status: Number(head.slice(9, 12)),
    body,
    hasRetryAfter: /\r\nretry-after:/i.test(head),
    closesConnection: /\r\nconnection: *close/i.test(head),
  }
}

const bodyOf = (head: string, rest: string): string | null => {
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? []
  if (length !== undefined) return rest.length < Number(length) ? null : rest
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return dechunked(rest)
  throw new Error(`The response has neither a Content-Length nor chunks: ${head.split('\r\n')[0]}`)
}

/** RFC 9112, section 7.1. Null while the last chunk is missing. */
const dechunked = (text: string): string | null => {
  let body = ''
  for (let at = 0; ; ) {
    const sizeEnd = text.indexOf('\r\n', at)
    if (sizeEnd < 0) return null
    const size = Number.parseInt(text.slice(at, sizeEnd), 16)
    const next = sizeEnd + 2 + size + 2
    if (text.length < next) return null
    if (size === 0) return body
    body += text.slice(sizeEnd + 2, next - 2)
    at = next
  }
}
