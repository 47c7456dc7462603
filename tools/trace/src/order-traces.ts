/** The traces of orders, assembled from the spans of all services. */
import type { ReceivedSpan } from './otlp.ts'

export interface OrderTrace {
  readonly traceId: string
  readonly spans: readonly ReceivedSpan[]
}

/** "payment: process Charge" */
export const nameOf = ({ name, attributes }: ReceivedSpan): string =>
  [attributes['quadrille.service'], name].filter((part) => part !== undefined).join(': ')

const orderOf = ({ attributes }: ReceivedSpan) => attributes['messaging.message.conversation_id'] as string | undefined

/** The trace of each order. An order in several traces is a fault. */
export const tracesOf = (spans: readonly ReceivedSpan[]) => {
  const byTrace = Map.groupBy(spans, ({ traceId }) => traceId)
  const traces = new Map<string, OrderTrace>()
  const faults: string[] = []
  for (const [orderId, ofOrder] of Map.groupBy(spans.filter(orderOf), (span) => orderOf(span) ?? '')) {
    const [traceId = '', ...more] = new Set(ofOrder.map((span) => span.traceId))
    if (more.length > 0) faults.push(`${orderId} is in ${more.length + 1} traces`)
    traces.set(orderId, { traceId, spans: byTrace.get(traceId) ?? [] })
  }
  return { traces, faults }
}

/** The names of the spans on the path from the root to the first span of this name. */
export const pathTo = (spans: readonly ReceivedSpan[], name: string): string[] => {
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const path = (span: ReceivedSpan | undefined): string[] =>
    span ? [...path(byId.get(span.parentSpanId ?? '')), nameOf(span)] : []
  return path(spans.find((span) => nameOf(span) === name))
}

/** The faults of an order's trace: it must have one order, and `POST /orders` as its only root. */
export const faultsOf = ({ traceId, spans }: OrderTrace): string[] => {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const orders = new Set(spans.flatMap((span) => orderOf(span) ?? []))
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === null || !ids.has(parentSpanId))
  return [
    ...(orders.size === 1 ? [] : [`${traceId} has ${orders.size} orders`]),
    ...(roots.length === 1 && roots[0]?.name === 'POST /orders' && roots[0].kind === 'server'
      ? []
      : [`${traceId} begins with ${roots.map(nameOf).toSorted().join(', ')}`]),
  ]
}

/** "payment: send Charge (producer)" */
export const kindOf = (span: ReceivedSpan): string => `${nameOf(span)} (${span.kind})`

/** The faults of batches: each must be the parent of statements, and each batch and its messages must link to each other. */
export const batchFaultsOf = (spans: readonly ReceivedSpan[]): string[] => {
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const linked = (from: ReceivedSpan, to: ReceivedSpan) => from.links.some(({ spanId }) => spanId === to.spanId)
  const statements = spans.filter(({ attributes }) => attributes['db.system.name'] ?? attributes['db.system'])
  const parents = new Set(statements.map(({ parentSpanId }) => parentSpanId))
  const batches = spans.filter(({ name }) => name === 'batch')
  return batches.flatMap((batch) => [
    ...(batch.parentSpanId === null && batch.kind === 'internal' ? [] : [`a batch is ${batch.kind}, or has a parent`]),
    ...(parents.has(batch.spanId) ? [] : ['a batch has no statements']),
    ...batch.links.flatMap(({ spanId }) => {
      const handled = byId.get(spanId)
      return handled?.name.startsWith('process ') && linked(handled, batch) ? [] : [`a batch links to ${handled?.name}`]
    }),
  ])
}
