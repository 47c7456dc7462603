import { nameOf } from './order-traces.ts'
import type { ReceivedSpan } from './otlp.ts'

/**
 * A trace as lines of text, a line for each span: start after the first span and duration in ms, and the name, indented
 * below its parent.
 */
export const drawTrace = (spans: readonly ReceivedSpan[]): string => {
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const depthOf = ({ parentSpanId }: ReceivedSpan): number => {
    const parent = byId.get(parentSpanId ?? '')
    return parent ? depthOf(parent) + 1 : 0
  }
  const firstMs = Math.min(...spans.map(({ startMs }) => startMs))
  const inOrder = spans.toSorted((one, other) => one.startMs - other.startMs || depthOf(one) - depthOf(other))
  const lines = inOrder.map((span) => {
    const times = `${figure(span.startMs - firstMs)} ${figure(span.endMs - span.startMs)}`
    return `${times}  ${'  '.repeat(depthOf(span))}${nameOf(span)}`
  })
  return [' begins   takes', ...lines].join('\n')
}

const figure = (ms: number): string => ms.toFixed(1).padStart(7)
