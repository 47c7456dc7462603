import type { DeadLetter } from '@quadrille/messaging'

/** Nobody reads more of a message, bytes. */
const readableBytes = 1_048_576

/** The id of the trace that a message belongs to: as it says itself, or else its header. Null where neither does. */
export const traceIdOf = ({ body, headers }: Pick<DeadLetter['message'], 'body' | 'headers'>): string | null =>
  idIn(traceparentIn(body)) ?? idIn(headers['traceparent'])

const traceparentIn = (body: Uint8Array): unknown => {
  if (body.byteLength > readableBytes) return undefined
  try {
    const envelope: { traceparent?: unknown } | null = JSON.parse(Buffer.from(body).toString())
    return envelope?.traceparent
  } catch {
    return undefined // no JSON: that may be why it is parked
  }
}

/** W3C Trace Context, section 3.2: version, trace id, parent id, flags. */
const idIn = (traceparent: unknown): string | null =>
  (typeof traceparent === 'string' && /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1]) || null
