/**
 * Spans by the messaging conventions (https://opentelemetry.io/docs/specs/semconv/messaging/). The trace of an order travels
 * with its messages: in the envelope, in the outbox row, in the broker's header. It is never taken from what happens to be
 * active, because a batch serves many orders. Without an SDK the spans cost next to nothing, and the caller's trace goes on.
 */
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { Message, TraceContext } from '@quadrille/events'

const propagator = new W3CTraceContextPropagator()
const tracer = trace.getTracer('@quadrille/service')

/** The context that a message or a request came with. */
const contextOf = (carrier: TraceContext): Context => propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter)

/** What a message that this span causes carries. */
export const traceContextOf = (span: Span): TraceContext => {
  const carrier: { traceparent?: string; tracestate?: string } = {}
  propagator.inject(trace.setSpan(ROOT_CONTEXT, span), carrier, defaultTextMapSetter)
  return carrier
}

/** The handling of one message, a child of whatever sent it. */
export const startProcessSpan = (service: string, message: Message): Span =>
  tracer.startSpan(
    `process ${message.type}`,
    {
      kind: SpanKind.CONSUMER,
      attributes: {
        'messaging.system': 'quadrille',
        'messaging.operation.type': 'process',
        'messaging.operation.name': 'process',
        'messaging.message.id': message.id,
        'messaging.message.conversation_id': message.correlationid,
        'quadrille.service': service,
        'quadrille.message.type': message.type,
      },
    },
    contextOf(message),
  )

/** The handling of a request, a child of the caller's span. */
export const startServerSpan = (name: string, headers: TraceContext): Span =>
  tracer.startSpan(name, { kind: SpanKind.SERVER }, contextOf(headers))

export const endSpan = (span: Span, error?: Error): void => {
  if (error) {
    span.recordException(error)
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
  }
  span.end()
}
