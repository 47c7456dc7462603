/** Decides which responses are faults. */
import type { FuzzRequest } from './requests.ts'

export interface FuzzResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly bytes: number
  readonly tookMs: number
}

const maxErrorBytes = 65_536
/** On an idle machine responses take a few milliseconds. */
const maxMs = 10_000
/** A longer body may not have arrived as a whole when the service answers, or when Node refuses the request. */
const maxReadBytes = 65_536
/** The limit of a head. */
const maxHeadBytes = 16_000
/** Node itself answers with these before the service receives the request. They have no body. */
const statusesOfNode: readonly number[] = [400, 408, 431]

/** The fault of a response. Undefined if it is correct. */
export const faultOf = ({ status, headers, bytes, tookMs }: FuzzResponse): string | undefined => {
  const type = headers['content-type']
  if (status >= 500 && status !== 503) return `a server error (${status})`
  if (status >= 400 && bytes > maxErrorBytes) return `an error response of ${bytes} bytes`
  if (tookMs > maxMs) return `a response after ${Math.round(tookMs)} ms`
  if (type === undefined)
    return status < 400 || statusesOfNode.includes(status) ? undefined : `an error response without a body (${status})`
  if (headers['x-content-type-options'] !== 'nosniff') return 'a response without security headers'
  return status < 400 || isUnready(status, type) ? undefined : faultOfError(status, headers)
}

/**
 * The fault of a request without a response. An error of Node's client is allowed: it has not sent the request. The server may end
 * a connection while the client still sends a long request, so that its response is lost.
 */
export const faultOfNoResponse = (code: string, { path, headers, body }: FuzzRequest): string | undefined => {
  if (code.startsWith('ERR_') || code.startsWith('HPE_')) return undefined
  const headBytes = path.length + Object.entries(headers).flat().join('').length
  const isLong = Buffer.byteLength(body) > maxReadBytes || headBytes > maxHeadBytes
  return isLong && (code === 'ECONNRESET' || code === 'EPIPE') ? undefined : code
}

const faultOfError = (status: number, headers: FuzzResponse['headers']): string | undefined => {
  const type = headers['content-type']
  if (!String(type).startsWith('application/problem+json')) return `an error response of the type ${type}`
  const isBusy = status === 429 || status === 503
  return isBusy && headers['retry-after'] === undefined ? `${status} without Retry-After` : undefined
}

/** `/health/ready` reports faults in its own format. */
const isUnready = (status: number, type: unknown): boolean =>
  status === 503 && String(type).startsWith('application/json')
