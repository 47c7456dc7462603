import type { Event } from '../../api/types.ts'

export interface Trace {
  /** 32 hexadecimal digits. */
  readonly id: string
  /** Whether it is recorded as a whole. */
  readonly isSampled: boolean
}

/** The trace of an order: that of its first event, to which all others belong. Undefined without tracing. */
export const traceOf = (events: readonly Pick<Event, 'traceparent'>[]): Trace | undefined => {
  const [, id, flags = ''] = traceparent.exec(events.find((event) => event.traceparent)?.traceparent ?? '') ?? []
  return id === undefined ? undefined : { id, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** Version, trace, span and flags (W3C Trace Context, section 3.2). The last bit of the flags says that it is sampled. */
const traceparent = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-([\da-f]{2})/
