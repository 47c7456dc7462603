/** The traces of orders, put together from the spans of all services. */
import type { ReceivedSpan } from './otlp.ts'

export interface OrderTrace {
  readonly traceId: string
  readonly spans: readonly ReceivedSpan[]
}

/** "payment: process Charge" */
export const nameOf = ({ name, attributes }: ReceivedSpan): string =>
  [attributes['quadrille.service'], name].filter((part) => part !== undefined).join(': ')

const orderOf = ({ attributes }: ReceivedSpan) => attributes['messaging.message.conversation_id'] as string | undefined

/** The trace of each order, where its spans are in one; those in several are faults. */
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

/** The names from the first span of a trace to the first one of this name. */
export const pathTo = (spans: readonly ReceivedSpan[], name: string): string[] => {
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const path = (span: ReceivedSpan | undefined): string[] =>
    span ? [...path(byId.get(span.parentSpanId ?? '')), nameOf(span)] : []
  return path(spans.find((span) => nameOf(span) === name))
}

/** What is wrong with the trace of an order by itself: it has one root, and no span whose parent is missing. */
export const faultsOf = ({ traceId, spans }: OrderTrace): string[] => {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const orders = new Set(spans.flatMap((span) => orderOf(span) ?? []))
  const tops = spans.filter(({ parentSpanId }) => parentSpanId === null || !ids.has(parentSpanId))
  return [
    ...(orders.size === 1 ? [] : [`${traceId} is of ${orders.size} orders`]),
    ...(tops.length === 1 && tops[0]?.name === 'POST /orders' && tops[0].kind === 'server'
      ? []
      : [`${traceId} begins with ${tops.map(nameOf).toSorted().join(', ')}`]),
  ]
}

/** "payment: send Charge (producer)" */
export const kindOf = (span: ReceivedSpan): string => `${nameOf(span)} (${span.kind})`

/** Those of the batches: each owns its statements, and it and each message that it handled link to each other. */
export const batchFaultsOf = (spans: readonly ReceivedSpan[]): string[] => {
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const linked = (from: ReceivedSpan, to: ReceivedSpan) => from.links.some(({ spanId }) => spanId === to.spanId)
  const statements = spans.filter(({ attributes }) => attributes['db.system.name'] ?? attributes['db.system'])
  const owned = new Set(statements.map(({ parentSpanId }) => parentSpanId))
  const batches = spans.filter(({ name }) => name === 'batch')
  return batches.flatMap((batch) => [
    ...(batch.parentSpanId === null && batch.kind === 'internal' ? [] : [`a batch is ${batch.kind}, or has a parent`]),
    ...(owned.has(batch.spanId) ? [] : ['a batch has no statements']),
    ...batch.links.flatMap(({ spanId }) => {
      const handled = byId.get(spanId)
      return handled?.name.startsWith('process ') && linked(handled, batch) ? [] : [`a batch links to ${handled?.name}`]
    }),
  ])
}
