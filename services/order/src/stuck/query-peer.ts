/** Queries another service for the messages of orders. Only the diagnosis uses this; orders do not depend on it. */
import { shop } from '@quadrille/events'
import { readWhereabouts, type Whereabouts } from '@quadrille/service'

/** How long a service may take to respond. */
const responseTimeoutMs = 2_000
/** The response for a hundred orders has about a tenth of this size. */
const maxResponseBytes = 1_000_000

/** The reason why the status of messages is unknown. */
interface Unknown {
  readonly unknown: string
}

/** The status of the messages by order id. */
export type QueryResult = ReadonlyMap<string, Whereabouts | Unknown> | Unknown

/**
 * Queries a service at the URL of its admin endpoints. Clients see the reason of a failure, so it contains no
 * address. Redirects are not followed.
 */
export const queryPeer = async (service: string, url: string, orderIds: readonly string[]): Promise<QueryResult> => {
  const target = new URL(`${url.replace(/\/$/, '')}/whereabouts`)
  for (const id of orderIds) target.searchParams.append('orderId', id)
  try {
    const response = await fetch(target, { redirect: 'error', signal: AbortSignal.timeout(responseTimeoutMs) })
    if (!response.ok) return { unknown: `${service} responded with ${response.status}` }
    const items = readWhereabouts(JSON.parse(await readBody(response)), shop.subject)
    return new Map(items.map((item) => [item.subject, item]))
  } catch (error) {
    return { unknown: `${service} did not respond: ${reasonOf(error)}` }
  }
}

const readBody = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > maxResponseBytes) throw Object.assign(new Error('The response is too large.'), { code: 'TOO_LARGE' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** The code or the name of the error, or of its cause if it is from `fetch`. Its message would contain addresses. */
const reasonOf = (error: unknown): string => {
  const { cause = error } = error instanceof Error ? error : { cause: error }
  if (!(cause instanceof Error)) return 'unknown'
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}
