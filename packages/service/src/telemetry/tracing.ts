/**
 * The spans of a service, by the messaging conventions (https://opentelemetry.io/docs/specs/semconv/messaging/): what sends is
 * a producer, what handles a delivery a consumer. A name ends in the type of message, of which there are as few as of
 * destinations, and which says more.
 *
 * The trace of a subject travels with its messages: in the envelope, in the outbox row, in the broker's header. It is never
 * taken from what happens to be active, because a batch serves many subjects. So each message that is handled has a span of its
 * own, a child of whatever sent it, and what it causes are its children. The batch, with its statements, is a trace of its own
 * that both sides link to each other. Without an SDK spans cost next to nothing, and the caller's trace goes on.
 */
import {
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { Message, TraceContext } from '@quadrille/messages'
import type { Address, Delivery, WireMessage } from '@quadrille/messaging'
import { attributes as own } from './attributes.ts'
import { isExceptional } from './exceptional.ts'
import { contextOf, isSampled } from './trace-context.ts'

const tracer = trace.getTracer('@quadrille/service')

/** How a message came: by which queue, and for which time. */
export interface Arrival {
  readonly queue: string
  readonly delivery: Pick<Delivery, 'exchange' | 'attempts'>
}

export interface Tracing {
  /**
   * The handling of a message that has arrived, or of an internal one. Undefined if it is not recorded: then the trace context of
   * the message is passed on as it is.
   */
  process(message: Message, arrival?: Arrival): Span | undefined
  /**
   * Runs the batch that handles the messages of these spans, in a span that owns its statements. It is recorded where its first
   * message is: then it is a share of the batches that is recorded, as of the subjects, and not each that one of them is in.
   */
  batch<Result>(spans: readonly (Span | undefined)[], run: () => Promise<Result>): Promise<Result>
  /** From the publishing of a message until its confirm. Undefined if it is not recorded. */
  send(to: Address, message: WireMessage): Span | undefined
  /** The sending of rows after their commit, a child of what committed them. Undefined where that isn't recorded. */
  relay(rows: number): Span | undefined
  /** The sending of rows that a sweep has found. Undefined where none of them is recorded. */
  sweep(rows: readonly TraceContext[]): Span | undefined
}

export interface TracingOptions {
  readonly service: string
  /** The broker, in the conventions' word. */
  readonly system: string
  readonly now: () => Date
}

export const createTracing = ({ service, system, now }: TracingOptions): Tracing => {
  const common = { [own.service]: service }
  const messaging = { ...common, 'messaging.system': system }
  const countOf = (rows: number) => ({ ...messaging, 'messaging.batch.message_count': rows })

  const arrived = ({ queue, delivery }: Arrival) => ({
    ...messaging,
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': [delivery.exchange, queue].filter(Boolean).join(':'),
    'messaging.consumer.group.name': service,
    [own.attempt]: delivery.attempts + 1,
  })

  return {
    process: (message, arrival) => {
      const ageSeconds = Math.max(0, now().getTime() - Date.parse(message.time)) / 1_000
      const caused = contextOf(message)
      if (isUnrecorded(caused) && !isExceptional({ attempt: (arrival?.delivery.attempts ?? 0) + 1, ageSeconds }))
        return undefined
      return tracer.startSpan(
        `process ${message.type}`,
        {
          kind: arrival ? SpanKind.CONSUMER : SpanKind.INTERNAL,
          attributes: {
            ...(arrival ? arrived(arrival) : common),
            'messaging.message.id': message.id,
            'messaging.message.conversation_id': message.correlationid,
            [own.ageSeconds]: ageSeconds,
          },
        },
        caused,
      )
    },
    batch: (spans, run) => {
      if (!spans[0]?.isRecording()) return outsideSpans(run)
      const recorded = spans.flatMap((span) => (span?.isRecording() ? [span] : []))
      const batch = tracer.startSpan(
        'batch',
        { attributes: countOf(spans.length), links: recorded.map(linkTo) },
        ROOT_CONTEXT,
      )
      for (const span of recorded) span.addLink(linkTo(batch))
      return inSpan(batch, run).finally(() => batch.end())
    },
    send: (to, message) => {
      const caused = contextOf(message.headers)
      if (isUnrecorded(caused)) return undefined
      const attributes = { ...messaging, ...sent(to, message) }
      return tracer.startSpan(`send ${message.type}`, { kind: SpanKind.PRODUCER, attributes }, caused)
    },
    relay: (rows) => {
      if (!trace.getActiveSpan()?.isRecording()) return undefined
      return tracer.startSpan('relay', { attributes: countOf(rows) })
    },
    sweep: (rows) => {
      const causes = rows.flatMap((row) => trace.getSpanContext(contextOf(row)) ?? [])
      const links = causes.filter(isSampled).map((cause) => ({ context: cause }))
      if (links.length === 0) return undefined
      return tracer.startSpan('sweep', { attributes: countOf(rows.length), links }, ROOT_CONTEXT)
    },
  }
}

const sent = ({ exchange, routingKey }: Address, { id, correlationId }: WireMessage) => ({
  'messaging.operation.type': 'send',
  'messaging.operation.name': 'send',
  'messaging.destination.name': [exchange, routingKey].filter(Boolean).join(':'),
  ...(routingKey && { 'messaging.rabbitmq.destination.routing_key': routingKey }),
  'messaging.message.id': id,
  'messaging.message.conversation_id': correlationId,
})

/** True if the message belongs to a trace that is not recorded, as most traces are. */
const isUnrecorded = (caused: Context): boolean => {
  const parent = trace.getSpanContext(caused)
  return parent !== undefined && !isSampled(parent)
}

const linkTo = (span: Span): Link => ({ context: span.spanContext() })

/** Runs the work with the span active, and no other: what is instrumented in it is its child, and logs tell of it. */
export const inSpan = <Result>(span: Span, work: () => Result): Result =>
  context.with(trace.setSpan(ROOT_CONTEXT, span), work)

/** Runs the work in the trace of the message, without a span of its own: calls to external systems pass the trace on. */
export const inTraceOf = <Result>(message: TraceContext, work: () => Result): Result =>
  context.with(contextOf(message), work)

/** Runs the work outside of every span: nothing of it belongs to whoever happened to bring it about. */
export const outsideSpans = <Result>(work: () => Result): Result => context.with(ROOT_CONTEXT, work)

/** Ends the span, if there is one. Of an error it records the kind alone, as the text can contain anything. */
export const endSpan = (span: Span | undefined, error?: Error): void => {
  if (!span) return
  if (error) span.setAttribute('error.type', kindOf(error)).setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

const kindOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : error.name)
