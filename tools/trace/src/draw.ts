import { drawTree } from './draw-tree.ts'
import { nameOf } from './order-traces.ts'
import type { ReceivedSpan } from './otlp.ts'

/**
 * A trace as lines of text, a line for each span: start after the first span and duration in ms, and the name, indented
 * below its parent.
 */
export const drawTrace = (spans: readonly ReceivedSpan[]): string => {
  const nodes = spans.map((span) => ({ ...span, id: span.spanId, parentId: span.parentSpanId, name: nameOf(span) }))
  const lines = drawTree(
    nodes,
    ({ startMs, endMs }, sinceFirstMs) => `${figure(sinceFirstMs)} ${figure(endMs - startMs)}`,
  )
  return [' begins   takes', ...lines].join('\n')
}

const figure = (ms: number): string => ms.toFixed(1).padStart(7)
