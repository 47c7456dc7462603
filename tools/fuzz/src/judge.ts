/** Decides which answers are faults. */

export interface FuzzAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly bytes: number
  readonly tookMs: number
}

const maxRefusalBytes = 65_536
/** On an idle machine answers take a few milliseconds. */
const maxMs = 10_000

/** The fault of an answer, or undefined. */
export const faultOf = ({ status, headers, bytes, tookMs }: FuzzAnswer): string | undefined => {
  const type = headers['content-type']
  if (status >= 500 && status !== 503) return `an error of the service (${status})`
  if (status >= 400 && bytes > maxRefusalBytes) return `a refusal of ${bytes} bytes`
  if (tookMs > maxMs) return `${Math.round(tookMs)} ms`
  if (type === undefined) return undefined // from Node itself, before the gate saw the request; or without a body
  if (headers['x-content-type-options'] !== 'nosniff') return 'without the usual headers'
  return status < 400 || isUnready(status, type) ? undefined : faultOfRefusal(status, headers)
}

const faultOfRefusal = (status: number, headers: FuzzAnswer['headers']): string | undefined => {
  const type = headers['content-type']
  if (!String(type).startsWith('application/problem+json')) return `a refusal of the type ${type}`
  const isBusy = status === 429 || status === 503
  return isBusy && headers['retry-after'] === undefined ? 'no Retry-After' : undefined
}

/** `/health/ready` reports faults in its own format. */
const isUnready = (status: number, type: unknown): boolean =>
  status === 503 && String(type).startsWith('application/json')
