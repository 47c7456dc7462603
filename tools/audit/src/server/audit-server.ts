/** The HTTP interface of the audit. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { createTrustCheck, listen, protectiveHeaders } from '@quadrille/service/plain-server'
import type { AuditRuns } from './audit-runs.ts'

export interface AuditServer {
  readonly url: string
  /** Stops accepting requests. Resolves when running requests have ended. */
  stop(): Promise<void>
}

export interface AuditAddress {
  /** Default: the loopback. */
  readonly host?: string
  /** 0 selects a free one. */
  readonly port: number
  /** Accepted host names in requests, in addition to those of the loopback. */
  readonly allowedHosts?: readonly string[]
}

const maxConnections = 100

/**
 * `GET /audit` answers with the state of the audit. `POST /audit` starts a run, unless one is in progress; with `?olderThanSeconds=30`
 * only if the last one ended longer ago than that. A page of another site can do neither.
 * @throws {Error} with one line, if the port can't be opened.
 */
export const startAuditServer = (
  runs: AuditRuns,
  { host = '127.0.0.1', port, allowedHosts = [] }: AuditAddress,
): Promise<AuditServer> => {
  const checkTrust = createTrustCheck({ allowedHosts, anyAddress: false })
  return listen(
    (request, response) => {
      request.resume() // a body has no meaning here
      const distrusted = checkTrust(request)
      send(request, response, distrusted ? problem(distrusted.status, distrusted.message) : answerTo(request, runs))
    },
    { host, port, portVariable: 'AUDIT_PORT', maxConnections },
  )
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly headers?: OutgoingHttpHeaders
  readonly body: unknown
}

const answerTo = ({ method, url = '' }: IncomingMessage, runs: AuditRuns): Answer => {
  const [pathname, search] = url.split('?', 2)
  if (pathname !== '/audit') return problem(404, 'There is only /audit.')
  if (method !== 'GET' && method !== 'POST') return problem(405, 'Use GET or POST.', { allow: 'GET, POST' })
  const seconds = new URLSearchParams(search).get('olderThanSeconds')
  if (seconds !== null && !/^\d{1,6}$/.test(seconds))
    return problem(422, 'olderThanSeconds must be a whole number of seconds.')
  if (method === 'POST') {
    if (seconds === null) runs.start()
    else runs.startIfOlder(Number(seconds) * 1_000)
  }
  return { status: 200, type: 'application/json', body: runs.state() }
}

/** RFC 9457. */
const problem = (status: number, detail: string, headers: OutgoingHttpHeaders = {}): Answer => ({
  status,
  headers,
  type: 'application/problem+json',
  body: { type: 'about:blank', status, detail },
})

/** The ETag saves clients that poll the body of an unchanged state. */
const send = (request: IncomingMessage, response: ServerResponse, { status, type, headers, body }: Answer): void => {
  const text = JSON.stringify(body)
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`
  const isUnchanged = request.method === 'GET' && request.headers['if-none-match'] === etag
  const always = { ...protectiveHeaders, etag }
  if (isUnchanged) response.writeHead(304, always).end()
  else response.writeHead(status, { ...always, 'content-type': `${type}; charset=utf-8`, ...headers }).end(text)
}
