import type { DeadLetter } from '@quadrille/messaging'

/** The most bytes of a message that are parsed. */
const readableBytes = 1_048_576

/** The trace id of a message, from the message itself or else its header, or null. */
export const traceIdOf = ({ body, headers }: Pick<DeadLetter['message'], 'body' | 'headers'>): string | null =>
  idIn(traceparentIn(body)) ?? idIn(headers['traceparent'])

const traceparentIn = (body: Uint8Array): unknown => {
  if (body.byteLength > readableBytes) return undefined
  try {
    const envelope: { traceparent?: unknown } | null = JSON.parse(Buffer.from(body).toString())
    return envelope?.traceparent
  } catch {
    return undefined // not JSON, which may be the reason why it is a dead letter
  }
}

/** W3C Trace Context, section 3.2: version, trace id, parent id, flags. */
const idIn = (traceparent: unknown): string | null =>
  (typeof traceparent === 'string' && /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent)?.[1]) || null
