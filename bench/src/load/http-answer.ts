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
 * @throws if it has no Content-Length.
 */
export const parseAnswer = (text: string): Answer | null => {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const head = text.slice(0, headEnd)
  const body = text.slice(headEnd + 4)
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? []
  if (length === undefined) throw new Error(`The response has no Content-Length: ${head.split('\r\n')[0]}`)
  if (body.length < Number(length)) return null
  return {
    status: Number(head.slice(9, 12)),
    body,
    hasRetryAfter: /\r\nretry-after:/i.test(head),
    closesConnection: /\r\nconnection: *close/i.test(head),
  }
}
