import { nameOf } from '../../test/tracing/order-traces.ts'
import type { ReceivedSpan } from '../../test/tracing/otlp.ts'

/** A trace as lines of text: when each span began after the first, how long it took, in ms, and below it what it caused. */
export const drawTrace = (spans: readonly ReceivedSpan[]): string => {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const byParent = Map.groupBy(
    spans.toSorted((one, other) => one.startMs - other.startMs),
    ({ parentSpanId }) => (parentSpanId !== null && ids.has(parentSpanId) ? parentSpanId : 'none'),
  )
  const firstMs = Math.min(...spans.map(({ startMs }) => startMs))
  const draw = (span: ReceivedSpan, depth: number): string[] => [
    `${figure(span.startMs - firstMs)} ${figure(span.endMs - span.startMs)}  ${'  '.repeat(depth)}${nameOf(span)}`,
    ...(byParent.get(span.spanId) ?? []).flatMap((child) => draw(child, depth + 1)),
  ]
  const roots = byParent.get('none') ?? []
  return [' begins   takes', ...roots.flatMap((root) => draw(root, 0))].join('\n')
}

const figure = (ms: number): string => ms.toFixed(1).padStart(7)
