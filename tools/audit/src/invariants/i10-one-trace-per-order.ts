import type { TraceKind } from '../records/history-record.ts'
import type { TracedEvent } from '../records/trace-record.ts'
import { type Faults, type Invariant, ofEach, type Slice } from './invariant.ts'

export const oneTracePerOrder: Invariant = {
  name: 'I10',
  claim: 'an order has one connected trace: each event is in that of the request which placed it',
  ofOrders: (slice) => ({
    checked: {
      'orders in one trace': countOf(slice, 'one'),
      'in those of several requests': countOf(slice, 'several'),
      'without a trace': countOf(slice, 'none'),
    },
    violations: ofEach(slice.records.traces, (events, orderId) =>
      slice.records.orders.get(orderId)?.hasHistory === false ? [] : areConnected(events),
    ),
  }),
}

const countOf = ({ records: { histories } }: Slice, kind: TraceKind): number => {
  let count = 0
  for (const { trace } of histories.values()) if (trace === kind) count += 1
  return count
}

/**
 * Each event is in the trace of the event that caused it. Where something caused it that is said within a service only, such as
 * the outcome of a charge, it is in the trace of the order. One that was placed without has none, which is a trace, too; what
 * is asked for later may then bring one.
 */
function* areConnected(events: readonly TracedEvent[]): Faults {
  const placed = events.find(({ type }) => type === 'OrderPlaced')
  if (!placed) return // I5 says so
  const refused = events.some(({ type }) => type === 'PaymentRefundFailed')
  const requested = placed.trace === null ? events.filter((event) => mayBeRequested(event, refused)) : [placed]
  const traces = new Set(requested.map(({ trace }) => trace))
  const byId = new Map(events.map((event) => [event.id, event]))
  for (const event of events.filter((each) => !requested.includes(each))) {
    const cause = byId.get(event.cause ?? '')
    if (cause && cause.trace !== event.trace)
      yield `${event.type} is not in the trace of ${cause.type}, which caused it`
    if (!cause && !traces.has(event.trace)) yield `${event.type} is in no trace of the order’s`
  }
}

/** What a request or a job brings about, and not another event: a refund that was refused is asked for by a person. */
const mayBeRequested = ({ type, reason }: TracedEvent, refused: boolean): boolean => {
  switch (type) {
    case 'OrderPlaced':
      return true
    case 'OrderCancelled':
      return reason === 'customer' || reason === 'expired'
    default:
      return refused && (type === 'PaymentRefunded' || type === 'PaymentRefundFailed')
  }
}
