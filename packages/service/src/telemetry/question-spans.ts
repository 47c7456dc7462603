/** The spans of questions, by the conventions for messaging. A question belongs to the trace of the request for which it is asked. */
import { type Span, SpanKind, trace } from '@opentelemetry/api'
import type { TraceContext } from '@quadrille/messages'
import { attributes as own } from './attributes.ts'
import { contextOf, isUnrecorded, traceContextOf } from './trace-context.ts'
import { isOff } from './tracing.ts'

const tracer = trace.getTracer('@quadrille/service')

export interface QuestionSpans {
  /**
   * Starts the span of a question, from the asking until the answer. Its parent is the first recorded one of these traces. Undefined if
   * none is recorded.
   */
  ask(type: string, traces: readonly TraceContext[]): Span | undefined
  /** Starts the span of an answer. Undefined if the question is not recorded. */
  answer(type: string, question: TraceContext): Span | undefined
}

export const createQuestionSpans = ({ service, system }: { service: string; system: string }): QuestionSpans => {
  const start = (name: string, kind: SpanKind, from: TraceContext): Span =>
    tracer
      .startSpan(name, { kind }, contextOf(from))
      .setAttributes({ [own.service]: service, 'messaging.system': system, 'messaging.operation.name': name })
  return {
    ask: (type, traces) => {
      const recorded = isOff() ? undefined : traces.find(isRecorded)
      return recorded && start(`ask ${type}`, SpanKind.CLIENT, recorded)
    },
    answer: (type, question) =>
      isOff() || !isRecorded(question) ? undefined : start(`answer ${type}`, SpanKind.SERVER, question),
  }
}

const isRecorded = ({ traceparent }: TraceContext): boolean => traceparent !== undefined && !isUnrecorded(traceparent)

/** The headers of a question in this span. */
export const headersOf = (span: Span | undefined): Readonly<Record<string, string>> => {
  const { traceparent, tracestate } = span ? traceContextOf(span) : {}
  return { ...(traceparent !== undefined && { traceparent }), ...(tracestate !== undefined && { tracestate }) }
}
