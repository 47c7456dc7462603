/** The W3C trace context of messages and requests, and OpenTelemetry's. */
import {
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { TraceContext } from '@quadrille/messages'

const propagator = new W3CTraceContextPropagator()

/** The trace context of a message or a request. */
export const contextOf = (carrier: object): Context => propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter)

/** The trace context for messages that this span causes. */
export const traceContextOf = (span: Span): TraceContext => carry(trace.setSpan(ROOT_CONTEXT, span))

/** Links the span of a request to the trace that its caller claims. */
export const linkToCaller = (span: Span, headers: object): void => {
  const context = trace.getSpanContext(contextOf(headers))
  if (context) span.addLink({ context })
}

/** The trace of a request: that of its span if there is one, otherwise the caller's own, if it is trusted. */
export const traceOfRequest = (headers: TraceContext): TraceContext =>
  carry(trace.getActiveSpan() ? context.active() : contextOf(headers))

/**
 * Links the active span to `to`, if the work belongs to a different trace than its request, such as the trace of an
 * earlier message.
 */
export const linkActiveSpan = (to: TraceContext | undefined): void => {
  const active = trace.getActiveSpan()
  if (!to || !active?.isRecording()) return
  const context = trace.getSpanContext(contextOf(to))
  if (context && context.traceId !== active.spanContext().traceId) active.addLink({ context })
}

const carry = (from: Context): TraceContext => {
  const carrier: { traceparent?: string; tracestate?: string } = {}
  propagator.inject(from, carrier, defaultTextMapSetter)
  return carrier
}

/**
 * True if the trace is not recorded, as most traces are. Every message is checked, so this only matches a valid `traceparent` of
 * version 00 without the sampled flag (W3C Trace Context, section 3.2.2). All others take the longer way.
 */
export const isUnrecorded = (traceparent: unknown): boolean =>
  typeof traceparent === 'string' && unsampled.test(traceparent)

/** The ids are not zero, and the last bit of the flags is 0. */
const unsampled = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f][02468ace]$/

export const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0

/** For a log line, with the names of OpenTelemetry's log model. Empty outside of spans. */
export const activeIds = (): { readonly trace_id?: string; readonly span_id?: string } => {
  const active = trace.getActiveSpan()?.spanContext()
  return active && isSpanContextValid(active) ? { trace_id: active.traceId, span_id: active.spanId } : {}
}
