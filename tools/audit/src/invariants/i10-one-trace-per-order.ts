import type { TraceKind } from '../records/history-record.ts'
import type { TracedEvent } from '../records/trace-record.ts'
import { checkEach, type Faults, type Invariant, type Slice } from './invariant.ts'

export const oneTracePerOrder: Invariant = {
  name: 'I10',
  claim: 'an order has one connected trace: each event belongs to the trace of the request that placed the order',
  checkOrders: (slice) => ({
    checked: {
      'orders in one trace': countOf(slice, 'one'),
      'in the traces of several requests': countOf(slice, 'several'),
      'without a trace': countOf(slice, 'none'),
    },
    violations: checkEach(slice.records.traces, (events, orderId) =>
      slice.records.orders.get(orderId)?.hasHistory === false ? [] : traceFaults(events),
    ),
  }),
}

const countOf = ({ records: { histories } }: Slice, kind: TraceKind): number => {
  let count = 0
  for (const { trace } of histories.values()) if (trace === kind) count += 1
  return count
}

/**
 * Each event belongs to the trace of its causing event. If an internal message caused it, such as the outcome of a
 * charge, it belongs to the order's trace. An order that was placed without a trace has none, but later
 * requests may have one each.
 */
function* traceFaults(events: readonly TracedEvent[]): Faults {
  const placed = events.find(({ type }) => type === 'OrderPlaced')
  if (!placed) return // reported by I5
  const refused = events.some(({ type }) => type === 'PaymentRefundFailed')
  const requested = placed.trace === null ? events.filter((event) => mayBeRequested(event, refused)) : [placed]
  const traces = new Set(requested.map(({ trace }) => trace))
  const byId = new Map(events.map((event) => [event.id, event]))
  for (const event of events.filter((each) => !requested.includes(each))) {
    const cause = byId.get(event.cause ?? '')
    if (cause && cause.trace !== event.trace)
      yield `${event.type} is not in the trace of ${cause.type}, which caused it`
    if (!cause && !traces.has(event.trace)) yield `${event.type} is in no trace of the order`
  }
}

/**
 * Events that a request or a job may cause, and not another event: an operator requests the retry of a refused refund, or
 * dispatches a parcel.
 */
const mayBeRequested = ({ type, reason }: TracedEvent, refused: boolean): boolean => {
  switch (type) {
    case 'OrderPlaced':
      return true
    case 'OrderCancelled':
      return reason === 'customer' || reason === 'expired'
    case 'ShipmentDispatched':
      return true
    default:
      return refused && (type === 'PaymentRefunded' || type === 'PaymentRefundFailed')
  }
}
