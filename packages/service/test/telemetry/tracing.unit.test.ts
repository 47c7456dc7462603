import { SpanStatusCode, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { noon } from '@quadrille/testing'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { traceContextOf } from '../../src/telemetry/trace-context.ts'
import { createTracing, endSpan } from '../../src/telemetry/tracing.ts'
import { aParcel, draft, seal } from '../post.ts'

const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))

type Flags = '00' | '01'

const tracing = createTracing({ service: 'toll', system: 'rabbitmq', now: () => noon })
const caused = (flags: Flags) => ({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-${flags}` })
const arrival = { queue: 'toll.inbox', delivery: { exchange: 'counter.events', attempts: 0 } }
const handling = (flags: Flags) =>
  tracing.process(
    { ...seal(draft('ParcelSent', aParcel()), { service: 'counter', now: noon }), ...caused(flags) },
    arrival,
  )
const names = () => exporter.getFinishedSpans().map(({ name }) => name)

beforeEach(() => exporter.reset())
afterAll(() => trace.disable())

test('a message whose cause is recorded has a span, which is the parent of its effects', () => {
  const span = handling('01')
  expect(span && traceContextOf(span).traceparent).toContain(span?.spanContext().spanId)
  endSpan(span)
  expect(names()).toEqual(['process ParcelSent'])
  expect(exporter.getFinishedSpans()[0]?.attributes).toMatchObject({
    'messaging.system': 'rabbitmq',
    'messaging.destination.name': 'counter.events:toll.inbox',
    'quadrille.message.attempt': 1,
  })
})

test('a message whose cause is not recorded has no span', () => {
  expect(handling('00')).toBeUndefined()
  expect(names()).toEqual([])
})

test('a failed span has the kind of its error, and not the message', () => {
  endSpan(handling('01'), Object.assign(new Error('450 <ada@example.com>'), { code: 'EENVELOPE' }))
  const [span] = exporter.getFinishedSpans()
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR })
  expect(span?.attributes['error.type']).toBe('EENVELOPE')
  expect(span?.events).toEqual([])
})

test('a sweep links to the recorded causes of its rows; without any it has no span', () => {
  tracing.sweep([caused('00'), {}])?.end()
  expect(names()).toEqual([])
  tracing.sweep([caused('00'), caused('01')])?.end()
  const [sweep] = exporter.getFinishedSpans()
  expect(sweep).toMatchObject({ name: 'sweep', attributes: { 'messaging.batch.message_count': 2 } })
  expect(sweep?.links.map(({ context }) => context.traceId)).toEqual(['a'.repeat(32)])
})

test('a batch is recorded if its first message is', async () => {
  const handle = (...flags: Flags[]) => tracing.batch(flags.map(handling), async () => undefined)
  await handle('00', '01')
  expect(names()).toEqual([])
  await handle('01', '00', '01')
  const [batch] = exporter.getFinishedSpans()
  expect(batch).toMatchObject({ name: 'batch', attributes: { 'messaging.batch.message_count': 3 } })
  expect(batch?.links).toHaveLength(2)
})
