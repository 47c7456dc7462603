/** Errors of the console itself, as problem details (RFC 9457). */
import type { ServerResponse } from 'node:http'

export interface ProblemDetails {
  readonly status: number
  readonly detail: string
  /** The service that did not answer. */
  readonly service?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a problem. If the answer has begun, ends its connection, so that the client can't take it for complete. */
export const sendProblem = (response: ServerResponse, { status, detail, service, headers }: ProblemDetails): void => {
  if (response.headersSent) return void response.destroy()
  const text = JSON.stringify({ type: 'about:blank', status, detail, ...(service && { service }) })
  response
    .writeHead(status, {
      ...headers,
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}
