/** The part of an event that the console counts. */

export interface OrderEvent {
  readonly orderId: string
  readonly type: string
  /** The time at which it happened, ms since 1970, by the clock of its publisher. */
  readonly atMs: number
  /** Of a cancellation. */
  readonly reason: string | undefined
}

interface Summary {
  readonly type?: unknown
  readonly subject?: unknown
  readonly time?: unknown
  readonly reason?: unknown
}

/** Reads the data of a server-sent event. Undefined if it concerns no order. */
export const readOrderEvent = (text: string): OrderEvent | undefined => {
  const { type, subject, time, reason } = parsed(text)
  if (typeof type !== 'string' || typeof subject !== 'string') return undefined
  return {
    orderId: subject,
    type,
    atMs: Date.parse(String(time)),
    reason: typeof reason === 'string' ? reason : undefined,
  }
}

const parsed = (text: string): Summary => {
  try {
    return (JSON.parse(text) ?? {}) as Summary // each field is checked
  } catch {
    return {}
  }
}

/** When an order was placed, ms since 1970: its id is a UUID of version 7 (RFC 9562, section 5.7). NaN for other ids. */
export const placedAtMs = (orderId: string): number =>
  /^[\da-f]{8}-[\da-f]{4}-7/.test(orderId)
    ? Number.parseInt(orderId.slice(0, 8) + orderId.slice(9, 13), 16)
    : Number.NaN
