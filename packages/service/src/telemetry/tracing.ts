/**
 * The spans of a service, by the messaging conventions (https://opentelemetry.io/docs/specs/semconv/messaging/): a
 * producer span for each published message, a consumer span for each delivery. A span's name ends in the message type,
 * which is more specific than the destination.
 *
 * The trace of a subject travels with its messages: in the envelope, in the outbox row, in the broker's header. The
 * active context is not used, because a batch serves many subjects. So each handled message has its own span, a child
 * of its cause, and its effects are its children. A batch with its statements is a trace of its own; both sides link to
 * each other. Without an SDK spans cost almost nothing, and the caller's trace is passed on.
 */
import {
  context,
  type Link,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { Message, TraceContext } from '@quadrille/messages'
import type { Address, Delivery, WireMessage } from '@quadrille/messaging'
import { contextOf, isSampled, isUnrecorded } from './trace-context.ts'

const tracer = trace.getTracer('@quadrille/service')

/** Our own span attributes, in addition to those of OpenTelemetry's conventions. */
export const own = {
  /** The name of the service. Several may share a process. */
  service: 'quadrille.service',
  /** 1 for the first attempt; each failure increments it. */
  attempt: 'quadrille.message.attempt',
  /** The age of a message when its handling began, s. */
  ageSeconds: 'quadrille.message.age',
} as const

/** The queue and the attempt of a delivery. */
export interface Arrival {
  readonly queue: string
  readonly delivery: Pick<Delivery, 'exchange' | 'attempts'>
}

export interface Tracing {
  /**
   * Starts the span of a handled message. Without an arrival the message came from within the service. Undefined if it
   * is not recorded: then the trace context of the message is passed on unchanged.
   */
  process(message: Message, arrival?: Arrival): Span | undefined
  /**
   * Runs a batch in its own span, which is the parent of the batch's statements and links to the spans of its messages.
   * It is recorded if its first message is recorded. So the share of recorded batches equals that of recorded traces.
   */
  batch<Result>(spans: readonly (Span | undefined)[], run: () => Promise<Result>): Promise<Result>
  /** Starts the span from the publishing of a message until its confirm. Undefined if it is not recorded. */
  send(to: Address, message: WireMessage): Span | undefined
  /** Starts the span of a relay after a commit, as a child of the transaction's span. Undefined if that is not recorded. */
  relay(rows: number): Span | undefined
  /** Starts the span of a sweep. Undefined if none of its rows is recorded. */
  sweep(rows: readonly TraceContext[]): Span | undefined
  /**
   * Starts the span of a question, from the asking until the answer. Its parent is the first recorded one of these traces, which are
   * those of the requests for which it is asked. Undefined if none is recorded.
   */
  ask(type: string, traces: readonly TraceContext[]): Span | undefined
  /** Starts the span of an answer. Undefined if the question is not recorded. */
  answer(type: string, question: TraceContext): Span | undefined
}

export interface TracingOptions {
  readonly service: string
  /** The broker's name in the conventions. */
  readonly system: string
  readonly now: () => Date
}

export const createTracing = ({ service, system, now }: TracingOptions): Tracing => {
  const common = { [own.service]: service }
  const messaging = { ...common, 'messaging.system': system }
  const countOf = (rows: number) => ({ ...messaging, 'messaging.batch.message_count': rows })

  const startQuestion = (name: string, kind: SpanKind, causes: readonly TraceContext[]): Span | undefined => {
    const cause = isOff() ? undefined : causes.find(isRecorded)
    if (!cause) return undefined
    const span = tracer.startSpan(name, { kind }, contextOf(cause))
    return span.setAttributes({ ...messaging, 'messaging.operation.name': name })
  }

  const deliveryAttributes = ({ queue, delivery }: Arrival) => ({
    ...messaging,
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': [delivery.exchange, queue].filter(Boolean).join(':'),
    'messaging.consumer.group.name': service,
  })

  return {
    process: (message, arrival) => {
      if (isOff()) return undefined
      const ageSeconds = Math.max(0, now().getTime() - Date.parse(message.time)) / 1_000
      const attempt = (arrival?.delivery.attempts ?? 0) + 1
      if (isUnrecorded(message.traceparent) && !isExceptional({ attempt, ageSeconds })) return undefined
      const span = tracer.startSpan(
        `process ${message.type}`,
        {
          kind: arrival ? SpanKind.CONSUMER : SpanKind.INTERNAL,
          attributes: { ...(arrival && { [own.attempt]: attempt }), [own.ageSeconds]: ageSeconds }, // for the sampler
        },
        contextOf(message),
      )
      // The SDK copies attributes twice if a span starts with them.
      return span.setAttributes({
        ...(arrival ? deliveryAttributes(arrival) : common),
        'messaging.message.id': message.id,
        'messaging.message.conversation_id': message.correlationid,
      })
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
      if (isOff()) return undefined
      if (isUnrecorded(message.headers['traceparent'])) return undefined
      const parent = contextOf(message.headers)
      const span = tracer.startSpan(`send ${message.type}`, { kind: SpanKind.PRODUCER }, parent)
      return span.setAttributes({ ...messaging, ...sendAttributes(to, message) })
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
    ask: (type, traces) => startQuestion(`ask ${type}`, SpanKind.CLIENT, traces),
    answer: (type, question) => startQuestion(`answer ${type}`, SpanKind.SERVER, [question]),
  }
}

/** The age from which a message is late, s. */
const lateAfterSeconds = 10

export interface Handling {
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly ageSeconds: number
}

/** True for a retried or late message. It is recorded even if its cause is not. */
export const isExceptional = ({ attempt, ageSeconds }: Handling): boolean =>
  attempt > 1 || ageSeconds > lateAfterSeconds

/** True without an SDK: then spans are not even created. */
export const isOff = (): boolean => {
  const provider = trace.getTracerProvider()
  return provider instanceof ProxyTracerProvider && provider.getDelegate() === noProvider
}

const noProvider = new ProxyTracerProvider().getDelegate()

const isRecorded = ({ traceparent }: TraceContext): boolean => traceparent !== undefined && !isUnrecorded(traceparent)

const sendAttributes = ({ exchange, routingKey }: Address, { id, correlationId }: WireMessage) => ({
  'messaging.operation.type': 'send',
  'messaging.operation.name': 'send',
  'messaging.destination.name': [exchange, routingKey].filter(Boolean).join(':'),
  ...(routingKey && { 'messaging.rabbitmq.destination.routing_key': routingKey }),
  'messaging.message.id': id,
  'messaging.message.conversation_id': correlationId,
})

const linkTo = (span: Span): Link => ({ context: span.spanContext() })

/** Runs the work with this span as the active one. Instrumented calls become its children, and log lines carry its ids. */
export const inSpan = <Result>(span: Span, work: () => Result): Result =>
  context.with(trace.setSpan(ROOT_CONTEXT, span), work)

/** Runs the work in the trace of the message, without a span of its own, so that its log lines have the trace id. */
export const inTraceOf = <Result>(message: TraceContext, work: () => Result): Result =>
  context.with(contextOf(message), work)

/** Runs the work outside of every span, so that it does not belong to the span that happened to trigger it. */
export const outsideSpans = <Result>(work: () => Result): Result => context.with(ROOT_CONTEXT, work)

/** Ends the span, if there is one. An error is recorded by its kind only, because its text may contain personal data. */
export const endSpan = (span: Span | undefined, error?: Error): void => {
  if (!span) return
  if (error) span.setAttribute('error.type', kindOf(error)).setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

const kindOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : error.name)
