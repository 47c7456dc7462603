/**
 * The spans of messages and requests, and the trace that each passes on. One file, because the SDK is global to the process, and
 * a tracer keeps the first one.
 */

import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { noon } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { route } from '../../src/http/route.ts'
import type { SharedAdmin } from '../../src/http/serve.ts'
import { listen, type RequestListener } from '../../src/http/server.ts'
import { samplerOf } from '../../src/telemetry/sampler.ts'
import { activeIds, traceContextOf } from '../../src/telemetry/trace-context.ts'
import { createTracing, endSpan } from '../../src/telemetry/tracing.ts'
import { send, sendRaw, startTestServer } from '../http/test-server.ts'
import { aParcel, draft, seal } from '../post.ts'

const exporter = new InMemorySpanExporter()
const sdk = new NodeSDK({
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
  sampler: samplerOf({ ratio: 1 }),
  autoDetectResources: false, // a span would wait for the resource
  instrumentations: [],
  metricReaders: [],
  logRecordProcessors: [],
})
sdk.start()

beforeEach(() => exporter.reset())
afterAll(async () => {
  await sdk.shutdown()
  for (const api of [trace, context, propagation]) api.disable()
})

type Flags = '00' | '01'

const caused = (flags: Flags) => ({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-${flags}` })
const tracing = createTracing({ service: 'toll', system: 'rabbitmq', now: () => noon })
const arrival = { queue: 'toll.inbox', delivery: { exchange: 'counter.events', attempts: 0 } }
const handling = (flags: Flags) =>
  tracing.process(
    { ...seal(draft('ParcelSent', aParcel()), { service: 'counter', now: noon }), ...caused(flags) },
    arrival,
  )
const names = () => exporter.getFinishedSpans().map(({ name }) => name)

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

const placing = route({
  method: 'post',
  path: '/things/{id}',
  operationId: 'place',
  summary: 'Answers with its trace',
  description: 'Answers with its trace.',
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ email: z.string().optional() }),
  body: z.looseObject({}),
  responses: { 200: { description: 'The trace', body: z.unknown() } },
  handle: ({ params, trace }) => {
    if (params.id === 'broken') throw new Error('ada@example.com')
    return { status: 200, body: { ...trace, ...activeIds() } }
  },
})

const place = async (path: string, headers: Record<string, string> = {}, env: Record<string, string> = {}) => {
  const { url } = await startTestServer(env, { routes: [placing] })
  const json = { 'content-type': 'application/json', ...headers }
  const { body } = await send(url + path, { method: 'POST', headers: json, body: '{"a":1}' })
  return JSON.parse(body)
}

const only = () => waitUntil(() => exporter.getFinishedSpans()[0])

test('a recorded request has a span with the attributes of the conventions, which is the parent of its messages', async () => {
  const ofProxies = {
    forwarded: 'for=192.0.2.1;host=a.test',
    'x-forwarded-for': '192.0.2.1',
    'x-forwarded-host': 'a.test',
  }
  const headers = { ...caused('01'), ...ofProxies, 'user-agent': 'shop' } // those of proxies are not believed
  const answer = await place('/things/1?email=ada@example.com', headers)
  const span = await only()
  const { name, kind, attributes, status, parentSpanContext, links } = span
  const { spanId } = span.spanContext()
  expect(answer).toEqual({
    traceparent: `00-${'a'.repeat(32)}-${spanId}-01`,
    trace_id: 'a'.repeat(32),
    span_id: spanId,
  })
  expect({ name, kind, status, links }).toEqual({
    name: 'POST /things/:id',
    kind: SpanKind.SERVER,
    status: { code: SpanStatusCode.UNSET },
    links: [],
  })
  expect(parentSpanContext).toMatchObject({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) })
  expect(attributes).toEqual({
    'http.request.method': 'POST',
    'url.scheme': 'http',
    'url.path': '/things/1',
    'url.query': '',
    'server.address': '127.0.0.1',
    'server.port': expect.any(Number),
    'client.address': '127.0.0.1',
    'network.peer.address': '127.0.0.1',
    'network.peer.port': expect.any(Number),
    'network.protocol.version': '1.1',
    'user_agent.original': 'shop',
    'http.response.status_code': 200,
    'http.route': '/things/:id',
  })
})

test('a request that is not recorded passes on its trace with the same decision', async () => {
  const { traceparent, trace_id, span_id } = await place('/things/1', caused('00'))
  expect(trace_id).toBe('a'.repeat(32))
  expect(traceparent).toBe(`00-${trace_id}-${span_id}-00`)
  expect(exporter.getFinishedSpans()).toEqual([])
})

test('a request without a route, or for health and metrics', async () => {
  await place('/unknown')
  expect(await only()).toMatchObject({ name: 'POST', attributes: { 'http.response.status_code': 404 } })
  exporter.reset()
  const { url } = await startTestServer()
  await send(`${url}/health/live`)
  await send(`${url}/openapi.json`)
  expect(await only()).toMatchObject({ name: 'GET /openapi.json' })
})

test.each(['http://user:secret@shop.example/unknown?email=ada', '/unknown#part?email=ada'])(
  'the path of %s is /unknown',
  async (target) => {
    const { port } = await startTestServer()
    await sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
    expect((await only())?.attributes['url.path']).toBe('/unknown')
  },
)

test('the path of an operation includes the prefix of its service on a shared listener', async () => {
  const created = Promise.withResolvers<RequestListener>()
  const mount: SharedAdmin['mount'] = (_, listenerBelow) => {
    created.resolve(listenerBelow('/tracker'))
    return ''
  }
  await startTestServer({}, { admin: { mount } })
  const { url, stop } = await listen(await created.promise, { host: '127.0.0.1', port: 0, maxConnections: 1 })
  onTestFinished(stop)
  await send(`${url}/whereabouts`)
  expect((await only())?.attributes['url.path']).toBe('/tracker/whereabouts')
})

test('a failed request has the status as the type of its error, and not the error message', async () => {
  await place('/things/broken')
  expect(await only()).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'http.response.status_code': 500, 'error.type': '500' },
    events: [],
  })
  expect(JSON.stringify((await only()).attributes)).not.toContain('ada@example.com')
})

test('a request whose client disconnects before the response has no status, but an error', async () => {
  const begun = Promise.withResolvers<void>()
  const waiting = route({
    ...placing,
    body: z.looseObject({}),
    handle: () => {
      begun.resolve()
      return new Promise(() => undefined)
    },
  })
  const { port } = await startTestServer({}, { routes: [waiting] })
  const headers = 'host: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 2'
  const socket = await sendRaw(port, `POST /things/1 HTTP/1.1\r\n${headers}\r\n\r\n{}`)
  await begun.promise
  socket.destroy()
  const { name, status, attributes } = await only()
  expect({ name, status }).toEqual({ name: 'POST /things/:id', status: { code: SpanStatusCode.ERROR } })
  expect(attributes['error.type']).toBe('aborted')
  expect(attributes).not.toHaveProperty(['http.response.status_code'])
})

test('without trust a request starts its own trace, with a link to the caller’s', async () => {
  const { trace_id } = await place('/things/1', caused('00'), { TRUST_TRACEPARENT: 'off' })
  expect(trace_id).not.toBe('a'.repeat(32))
  const { links, parentSpanContext } = await only()
  expect(parentSpanContext).toBeUndefined()
  expect(links.map(({ context }) => context.traceId)).toEqual(['a'.repeat(32)])
})
