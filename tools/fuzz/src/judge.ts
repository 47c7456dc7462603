/** Decides which responses are faults. */

export interface FuzzResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly bytes: number
  readonly tookMs: number
}

const maxErrorBytes = 65_536
/** On an idle machine responses take a few milliseconds. */
const maxMs = 10_000

/** The fault of a response. Undefined if it is correct. */
export const faultOf = ({ status, headers, bytes, tookMs }: FuzzResponse): string | undefined => {
  const type = headers['content-type']
  if (status >= 500 && status !== 503) return `a server error (${status})`
  if (status >= 400 && bytes > maxErrorBytes) return `an error response of ${bytes} bytes`
  if (tookMs > maxMs) return `a response after ${Math.round(tookMs)} ms`
  if (type === undefined) return undefined // Node itself answered before the service received the request, or there is no body
  if (headers['x-content-type-options'] !== 'nosniff') return 'a response without security headers'
  return status < 400 || isUnready(status, type) ? undefined : faultOfError(status, headers)
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
