/** Clients that do not complete their requests or read their responses do not block other clients. */

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { waitFor } from '@quadrille/testing/waiting'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import type { ResponseRecord } from '../../src/http/gate.ts'
import { route } from '../../src/http/route.ts'
import { holdTimeouts, send, sendRaw, startTestServer } from './test-server.ts'

const anything = {
  method: 'get',
  path: '/quick',
  operationId: 'quick',
  summary: 'Answers at once',
  description: 'Answers at once.',
  responses: { 200: { description: 'An answer', body: z.unknown() } },
} as const

const fileRoute = route({
  ...anything,
  path: '/file',
  operationId: 'file',
  responses: { 200: { description: 'The file', file: ['text/plain'] } },
  handle: () => ({
    status: 200,
    file: { mediaType: 'text/plain', etag: '"abc"', read: async () => Buffer.from('a') },
  }),
})

const eventsRoute = route({
  ...anything,
  path: '/events',
  operationId: 'events',
  responses: { 200: { description: 'The events', events: 'The events.' } },
  handle: () => ({ status: 200, events: { open: async () => undefined } }),
})

const good = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"good":true}' }
const withoutBody =
  'POST /echo HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{'

/** Sockets of the test that the service has closed. */
let closed = 0
const counted = (socket: Socket): Socket => socket.once('close', () => (closed += 1))

beforeEach(() => {
  closed = 0
})

test('a request gets its response while 1,200 others never send their bodies', async () => {
  const { port, url } = await startTestServer({ HTTP_MAX_IN_FLIGHT: '1000' })
  // On a slow machine the first requests time out before the last are sent, so their responses must be read.
  for (let sent = 0; sent < 1_200; sent += 1) counted(await sendRaw(port, withoutBody)).resume()
  expect(await send(`${url}/echo`, good)).toMatchObject({ status: 200 })
  expect(closed).toBeLessThan(1_200)
  await vi.waitFor(() => expect(closed).toBeGreaterThanOrEqual(200), { timeout: 4_000 })
})

test('a request that never sends its body is aborted after 5 s', async () => {
  const { port } = await startTestServer()
  const begun = performance.now()
  let answer = ''
  const socket = (await sendRaw(port, withoutBody)).on('data', (chunk: Buffer) => (answer += chunk))
  await waitFor(() => expect(socket.closed).toBe(true))
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(performance.now() - begun).toBeGreaterThan(4_900)
  socket.destroy()
})

test('a request whose rest arrives while the process is paused gets its response', async () => {
  const { port, url } = await startTestServer()
  const socket = await sendRaw(port, withoutBody)
  await send(`${url}/echo`, good) // after the beginning was read
  socket.write(`"a":"${'x'.repeat(92)}"}`)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6_000)
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 /)
})

test('a body that is too large is refused before it has arrived, and the connection is used again', async () => {
  const { port } = await startTestServer()
  const socket = await sendRaw(port, withoutBody.replace(/length: 100/, 'length: 262145'))
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 413 /)
  socket.write(`${'x'.repeat(262_144)}GET /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 404 /)
})

test('at the limit of connections, the one that has waited longest is closed, and a new one is accepted', async () => {
  const { port, url } = await startTestServer({ HTTP_MAX_CONNECTIONS: '20' })
  const first = (await sendRaw(port, '')).resume()
  const second = await sendRaw(port, 'GET /slow')
  const secondIsClosed = once(first, 'close').then(() => second.closed) // at that moment: later it may time out
  for (let opened = 2; opened < 20; opened += 1) await sendRaw(port, 'GET /slow')
  expect(await send(`${url}/echo`, good)).toMatchObject({ status: 200 })
  expect(await secondIsClosed).toBe(false)
})

test('a connection is kept for longer than the 600 s after which proxies close it, so that they send no request meanwhile', async () => {
  const { url } = await startTestServer()
  const { headers } = await fetch(`${url}/megabytes/0`)
  const [, seconds] = /^timeout=(\d+)$/.exec(headers.get('keep-alive') ?? '') ?? []
  expect(Number(seconds)).toBeGreaterThan(600)
})

test.each(['/megabytes/16', '/metrics'])(
  'responses of %s that are not read are aborted, the oldest first',
  async (path) => {
    const { port, url } = await startTestServer()
    holdTimeouts() // on a slow machine the last one would not be read within 20 s
    const large = 16_000_000 // more than the system's buffers hold
    const ask = () => sendRaw(port, `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`)
    const received = async (socket: Socket) => (await buffer(socket)).length
    const first = await ask()
    for (let others = 0; others < 4; others += 1) await ask() // four fit
    const last = await ask()
    expect((await send(`${url}/megabytes/1`)).body).toHaveLength(1_000_002) // after all of those have been answered
    expect(await received(last)).toBeGreaterThan(large)
    expect(await received(first)).toBeLessThan(large)
  },
)

test.each([
  ['the home page', 'GET /', 'accept: text/html'],
  ['a file that the client has', 'GET /file', 'if-none-match: "abc"'],
  ['a file', 'GET /file', 'accept: */*'],
  ['the headers of a file', 'HEAD /file', 'accept: */*'],
  ['the headers of an event stream', 'HEAD /events', 'accept: text/event-stream'],
])('%s is aborted if its client does not read it within 20 s', async (_name, target, header) => {
  const held = route({ ...anything, path: '/held', operationId: 'held', handle: () => new Promise(() => undefined) })
  const { port } = await startTestServer({}, { routes: [held, fileRoute, eventsRoute] })
  holdTimeouts()
  const http = 'HTTP/1.1\r\nhost: 127.0.0.1\r\n'
  const socket = await sendRaw(port, `GET /held ${http}\r\n${target} ${http}${header}\r\n\r\n`) // sent after /held, so never
  await waitFor(() => {
    vi.advanceTimersByTime(20_000)
    expect(socket.closed).toBe(true)
  })
})

test('responses that are not read do not count as in flight', async () => {
  const { port, url } = await startTestServer({ HTTP_MAX_IN_FLIGHT: '2' })
  for (let asked = 0; asked < 3; asked += 1) {
    const { socket, beginning } = await beginOf(port)
    expect(beginning).toContain(' 200 OK')
    socket.pause()
  }
  expect(await send(`${url}/echo`, good)).toMatchObject({ status: 200 })
})

test('a request whose client has disconnected is in flight until its handler ends', async () => {
  const begun = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const held = route({
    method: 'get',
    path: '/held',
    operationId: 'held',
    summary: 'Waits for the test',
    description: 'Waits for the test.',
    responses: { 200: { description: 'At last', body: z.unknown() } },
    handle: async () => {
      begun.resolve()
      await mayEnd.promise
      return { status: 200, body: {} }
    },
  })
  const quick = route({ ...anything, handle: () => ({ status: 200, body: {} }) })
  const gone = Promise.withResolvers<number>()
  const onResponse = ({ path, status }: ResponseRecord) => path === '/held' && gone.resolve(status)
  const { port, url } = await startTestServer({ HTTP_MAX_IN_FLIGHT: '1' }, { routes: [held, quick], onResponse })
  const socket = await sendRaw(port, 'GET /held HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
  await begun.promise
  socket.destroy()
  expect(await gone.promise).toBe(499)
  expect((await send(`${url}/quick`)).status).toBe(429)
  mayEnd.resolve()
  await waitFor(async () => expect((await send(`${url}/quick`)).status).toBe(200))
})

test.each([
  ['a declared length', {}],
  ['chunks', { 'transfer-encoding': 'chunked' }],
])('requests in flight have at most 32 MiB of bodies together, of %s', async (_, headers) => {
  const [lastEnters, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  onTestFinished(() => mayEnd.resolve())
  let running = 0
  const held = route({
    ...anything,
    method: 'post',
    path: '/held',
    operationId: 'held',
    body: z.looseObject({}),
    handle: async () => {
      running += 1
      if (running === 128) lastEnters.resolve()
      if (running <= 128) await mayEnd.promise
      return { status: 200, body: {} }
    },
  })
  const { url } = await startTestServer({}, { routes: [held] })
  const post = (body: string) =>
    send(`${url}/held`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
  const large = `{"a":"${'x'.repeat(256 * 1_024 - 8)}"}`
  const accepted = Array.from({ length: 128 }, () => post(large))
  await lastEnters.promise
  expect(await post('{}')).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
  mayEnd.resolve()
  for (const response of await Promise.all(accepted)) expect(response.status).toBe(200)
  expect((await post(large)).status).toBe(200)
})

test('a connection whose request body ends after the response is counted', async () => {
  const { port } = await startTestServer({ HTTP_MAX_CONNECTIONS: '5' })
  const sockets: Socket[] = []
  for (let opened = 0; opened < 6; opened += 1) {
    const socket = await sendRaw(port, 'POST /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n{')
    sockets.push(socket)
    expect(String(await once(socket, 'data'))).toContain('404')
    socket.write('}')
  }
  await waitFor(() => expect(sockets[0]?.destroyed).toBe(true))
})

/** Requests more than the system's buffers hold, and reads the beginning of the response. */
const beginOf = async (port: number) => {
  const socket = await sendRaw(port, 'GET /megabytes/16 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  return { socket, beginning: chunk.toString('latin1') }
}
