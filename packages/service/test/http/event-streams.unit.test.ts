/** Responses that are streams of server-sent events, and clients that do not read them. */

import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import {
  createEventStreams,
  type EventSink,
  type EventStream,
  type EventStreamsOptions,
} from '../../src/http/event-streams.ts'
import { type Route, route } from '../../src/http/route.ts'
import { listen } from '../../src/http/server.ts'
import { formatBeginning, formatEvent } from '../../src/http/server-sent-events.ts'
import { send, sendRaw, startTestServer } from './test-server.ts'

/** A route of events beside JSON, whose streams the test fills. */
const feedRoute = (open: EventStream['open'] = async () => undefined): Route & { readonly sinks: EventSink[] } => {
  const sinks: EventSink[] = []
  const events: EventStream = {
    open: (sink) => {
      sinks.push(sink)
      sink.send(formatBeginning('0'))
      return open(sink)
    },
  }
  const feed = route({
    method: 'get',
    path: '/feed',
    operationId: 'feed',
    summary: 'A feed',
    description: 'A feed.',
    responses: { 200: { description: 'The feed', body: z.array(z.string()), events: 'The events.' } },
    handle: ({ mediaType }) =>
      mediaType === 'text/event-stream' ? { status: 200, events } : { status: 200, body: ['a'] },
  })
  return { ...feed, sinks }
}

const request = 'GET /feed HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n'

/** Opens a stream, and reads its beginning. */
const openFeed = async (port: number): Promise<Socket> => {
  const socket = await sendRaw(port, request)
  await once(socket, 'data')
  return socket
}

describe('an event stream', () => {
  test.each([
    [undefined, 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['text/event-stream, */*;q=0.1', 'text/event-stream'],
    ['text/event-stream', 'text/event-stream'],
    ['text/html', 'application/problem+json; charset=utf-8'],
  ])('is selected by Accept: %s', async (accept, contentType) => {
    const { url } = await startTestServer({}, { routes: [feedRoute()] })
    const { headers, body } = await send(`${url}/feed`, { method: 'HEAD', headers: accept ? { accept } : {} })
    expect(headers['content-type']).toBe(contentType)
    if (accept !== 'text/html') expect(headers['vary']).toBe('accept')
    expect(body).toBe('')
  })

  test('has JSON beside it, whose length HEAD tells', async () => {
    const { url } = await startTestServer({}, { routes: [feedRoute()] })
    const [got, head] = await Promise.all(['GET', 'HEAD'].map((method) => send(`${url}/feed`, { method })))
    expect(got).toMatchObject({ body: '["a"]', headers: { 'content-length': '5' } })
    expect(head).toMatchObject({ body: '', headers: { 'content-length': '5' } })
  })

  test('is not opened for HEAD', async () => {
    const feed = feedRoute()
    const { url } = await startTestServer({}, { routes: [feed] })
    const { status } = await send(`${url}/feed`, { method: 'HEAD', headers: { accept: 'text/event-stream' } })
    expect({ status, opened: feed.sinks.length }).toEqual({ status: 200, opened: 0 })
  })

  test('does not count as in flight or as an idle connection, and its duration is not a response time', async () => {
    const records: unknown[] = []
    const untilClosed = ({ closed }: EventSink) =>
      new Promise<void>((resolve) => closed.addEventListener('abort', () => resolve()))
    const { port, url } = await startTestServer(
      { HTTP_MAX_IN_FLIGHT: '1', HTTP_MAX_CONNECTIONS: '2' },
      { routes: [feedRoute(untilClosed)], onResponse: (record) => void records.push(record) },
    )
    const sockets = await Promise.all([openFeed(port), openFeed(port), openFeed(port)])
    for (let idle = 0; idle < 4; idle += 1) await sendRaw(port, '')
    expect(await send(`${url}/feed`)).toMatchObject({ status: 200, body: '["a"]' })
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false)
    for (const socket of sockets) socket.destroy()
    await waitFor(() => expect(records).toContainEqual({ method: 'GET', path: '/feed', status: 200 }))
  })

  test('ends at once when the service stops', async () => {
    const { port, stop } = await startTestServer({}, { routes: [feedRoute()] })
    const socket = await openFeed(port)
    const ended = once(socket, 'close')
    const begunMs = performance.now()
    await stop()
    await ended
    expect(performance.now() - begunMs).toBeLessThan(5_000)
  })

  test('is closed if its events cannot be read, so that its client resumes', async () => {
    const feed = feedRoute(() => Promise.reject(new Error('the database is away')))
    const { port } = await startTestServer({}, { routes: [feed] })
    const socket = await sendRaw(port, request)
    socket.resume()
    await once(socket, 'close')
  })
})

/** A listener whose only response is a stream. */
const startStreams = async (
  { onRefusal, ...options }: Partial<EventStreamsOptions> & { onRefusal?: (error: unknown) => void },
  stream: EventStream,
) => {
  const changes: string[] = []
  const streams = createEventStreams({
    log: pino({ level: 'silent' }),
    onStream: (change) => void changes.push(change),
    ...options,
  })
  const open = (response: ServerResponse) =>
    streams.open(response, stream).catch((error: unknown) => {
      onRefusal?.(error)
      response.destroy()
    })
  const server = await listen((_request, response) => void open(response), {
    host: '127.0.0.1',
    port: 0,
    maxConnections: 10,
  })
  onTestFinished(() => {
    streams.stop()
    return server.stop()
  })
  return { port: Number(new URL(server.url).port), changes }
}

test('at the limit, further streams are refused until another is closed', async () => {
  const refusals: unknown[] = []
  const stream = { open: async (sink: EventSink) => sink.send(formatBeginning('0')) }
  const { port } = await startStreams({ max: 1, onRefusal: (error) => void refusals.push(error) }, stream)
  const first = await openFeed(port)
  await once((await sendRaw(port, request)).resume(), 'close')
  expect(refusals).toMatchObject([{ kind: 'unavailable', headers: { 'retry-after': '5' } }])
  first.destroy()
  await waitFor(async () => expect(String(await once(await sendRaw(port, request), 'data'))).toContain('200 OK'))
})

test('one address can have half of the streams', async () => {
  const refusals: unknown[] = []
  const stream = { open: async (sink: EventSink) => sink.send(formatBeginning('0')) }
  const { port } = await startStreams({ max: 3, onRefusal: (error) => void refusals.push(error) }, stream)
  await openFeed(port)
  await openFeed(port)
  await once((await sendRaw(port, request)).resume(), 'close')
  expect(refusals).toMatchObject([{ kind: 'unavailable', message: expect.stringContaining('has 2 open') }])
})

test('pipelined requests count for their address before their streams begin', async () => {
  const refusals: unknown[] = []
  const stream = { open: async (sink: EventSink) => sink.send(formatBeginning('0')) }
  const { port } = await startStreams({ max: 4, onRefusal: (error) => void refusals.push(error) }, stream)
  await sendRaw(port, request.repeat(3))
  await waitFor(() =>
    expect(refusals).toMatchObject([{ kind: 'unavailable', message: expect.stringContaining('has 2 open') }]),
  )
})

test('an idle stream gets heartbeats of its own, or comments', async () => {
  const heartbeats = ['id: 7\n\n']
  const stream = { open: async () => undefined, heartbeat: () => heartbeats.pop() }
  const { port } = await startStreams({ heartbeatEveryMs: 5 }, stream)
  let text = ''
  const socket = await sendRaw(port, request)
  socket.on('data', (chunk) => (text += chunk))
  await waitFor(() => expect(text).toMatch(/id: 7\n\n.*:\n\n/s))
})

test('a stream that the service ends is closed at once, and later its connection, if its client does not read', async () => {
  const sinks: EventSink[] = []
  const stream = { open: async (sink: EventSink) => void sinks.push(sink) }
  const { port, changes } = await startStreams({ endWithinMs: 20 }, stream)
  const socket = (await sendRaw(port, request)).pause()
  await waitFor(() => expect(sinks).toHaveLength(1))
  const [sink] = sinks
  while (sink?.isFull === false) sink.send('x'.repeat(1_000_000))
  sink?.close()
  expect(sink?.closed.aborted).toBe(true)
  expect(changes).toEqual(['opened'])
  await waitFor(() => expect(changes).toEqual(['opened', 'closed']))
  socket.destroy()
})

test('a client that does not read is dropped, and one that reads is not', async () => {
  const sinks: EventSink[] = []
  const { port, changes } = await startStreams(
    {},
    {
      open: async (sink) => void sinks.push(sink),
    },
  )
  const [slow, quick] = [await sendRaw(port, request), await sendRaw(port, request)]
  slow.pause()
  let received = 0
  quick.on('data', (chunk: Buffer) => (received += chunk.length))
  await waitFor(() => expect(sinks).toHaveLength(2))
  const event = formatEvent({ id: '1', data: 'x'.repeat(100_000) })
  let sent = 0
  while (!sinks.some(({ closed }) => closed.aborted)) {
    for (const sink of sinks) sink.send(event)
    sent += event.length
    expect(sent).toBeLessThan(32_000_000) // the buffers of the system hold a few megabytes
    await waitFor(() => expect(received).toBeGreaterThanOrEqual(sent), { interval: 1 })
  }
  expect(changes).toEqual(['opened', 'opened', 'dropped', 'closed'])
  slow.destroy()
})
