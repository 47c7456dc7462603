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
  type TextMapPropagator,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { TraceContext } from '@quadrille/messages'

const propagator = new W3CTraceContextPropagator()

/** The context that a message came with, or a request. */
export const contextOf = (carrier: object): Context => propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter)

/** What a message that this span causes carries. */
export const traceContextOf = (span: Span): TraceContext => carry(trace.setSpan(ROOT_CONTEXT, span))

/**
 * For requests whose callers aren't trusted: their trace isn't continued, as the caller could join any trace and decide what is
 * recorded. Only what this process sends carries its own.
 */
export const distrustful: TextMapPropagator = {
  inject: (context, carrier, setter) => propagator.inject(context, carrier, setter),
  extract: (context) => context,
  fields: () => propagator.fields(),
}

/** Links the span of a request to the trace that its caller claims. */
export const linkToCaller = (span: Span, headers: object): void => {
  const context = trace.getSpanContext(contextOf(headers))
  if (context) span.addLink({ context })
}

/** The trace of a request: that of its span where requests have spans, and otherwise the caller's own, where that is trusted. */
export const traceOfRequest = (headers: TraceContext): TraceContext =>
  carry(trace.getActiveSpan() ? context.active() : contextOf(headers))

/** Links the active span to `to`, when the work belongs to another trace than its request, such as that of an earlier message. */
export const linkActiveSpan = (to: TraceContext | undefined): void => {
  const active = trace.getActiveSpan()
  const linked = to && trace.getSpanContext(contextOf(to))
  if (active?.isRecording() && linked && linked.traceId !== active.spanContext().traceId)
    active.addLink({ context: linked })
}

const carry = (from: Context): TraceContext => {
  const carrier: { traceparent?: string; tracestate?: string } = {}
  propagator.inject(from, carrier, defaultTextMapSetter)
  return carrier
}

export const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0

/** For a line of the log, in the words of OpenTelemetry's log model; empty outside of spans. */
export const activeIds = (): { readonly trace_id?: string; readonly span_id?: string } => {
  const active = trace.getActiveSpan()?.spanContext()
  return active && isSpanContextValid(active) ? { trace_id: active.traceId, span_id: active.spanId } : {}
}
