/** The spans of all services in this process, as an OpenTelemetry SDK would export them. */
import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

/** Collects spans from now on. Call it once a process, as the provider is the process's. */
export const collectSpans = (): InMemorySpanExporter => {
  const exporter = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  return exporter
}

/** "payment: process Charge" */
export const nameOf = ({ name, attributes }: ReadableSpan): string =>
  [attributes['quadrille.service'], name].filter((part) => part !== undefined).join(': ')

export interface Tree {
  /** The names of its spans, sorted. */
  readonly names: readonly string[]
  /** Spans whose parent is not in it. */
  readonly roots: readonly ReadableSpan[]
  /** The names from the root to the first span of this name. */
  pathTo(name: string): string[]
}

/** A trace, put together by the parents of its spans. */
export const treeOf = (spans: readonly ReadableSpan[], traceId: string): Tree => {
  const ofTrace = spans.filter((span) => span.spanContext().traceId === traceId)
  const byId = new Map(ofTrace.map((span) => [span.spanContext().spanId, span]))
  const parentOf = ({ parentSpanContext }: ReadableSpan) => byId.get(parentSpanContext?.spanId ?? '')
  const pathOf = (span: ReadableSpan | undefined): string[] => (span ? [...pathOf(parentOf(span)), nameOf(span)] : [])
  return {
    names: ofTrace.map(nameOf).toSorted(),
    roots: ofTrace.filter((span) => !parentOf(span)),
    pathTo: (name) => pathOf(ofTrace.find((span) => nameOf(span) === name)),
  }
}
