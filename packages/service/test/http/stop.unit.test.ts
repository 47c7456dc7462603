/** A stop of the listener does not cut off a response that a client still reads, and closes a connection with its last response. */

import { once } from 'node:events'
import { buffer, text } from 'node:stream/consumers'
import { waitFor } from '@quadrille/testing/waiting'
import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { route } from '../../src/http/route.ts'
import { holdTimeouts, sendRaw, startTestServer } from './test-server.ts'

beforeEach(holdTimeouts) // a pause of the machine may be longer than a stop waits

test('a client that reads slowly gets the whole response', async () => {
  const { port, stop } = await startTestServer()
  const socket = await sendRaw(port, 'GET /megabytes/16 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
  const [beginning] = (await once(socket, 'data')) as [Buffer]
  socket.pause()
  const stopped = stop()
  const rest = await buffer(socket)
  expect(beginning.length + rest.length).toBeGreaterThan(16_000_000) // more than the system's buffers hold
  await stopped
})

/** Serves a route whose requests wait until the test releases them. */
const startHeld = async () => {
  let begun = 0
  const released = Promise.withResolvers<void>()
  const held = route({
    method: 'post',
    path: '/held',
    operationId: 'held',
    summary: 'Waits for the test',
    description: 'Waits for the test.',
    body: z.strictObject({}),
    responses: { 200: { description: 'At last', body: z.unknown() } },
    handle: async () => {
      begun += 1
      await released.promise
      return { status: 200, body: {} }
    },
  })
  const server = await startTestServer({}, { routes: [held] })
  const untilBegun = (count: number) => waitFor(() => expect(begun).toBeGreaterThanOrEqual(count))
  return { ...server, release: released.resolve, untilBegun, begun: () => begun }
}

const headers = 'POST /held HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n'
const request = `${headers}{}`

const connectionHeaders = (answers: string): string[] =>
  [...answers.matchAll(/^connection: (.+)\r$/gim)].map(([, value = '']) => value)

test('the last response of each connection says that it is closed', async () => {
  const { port, stop, release, untilBegun } = await startHeld()
  const sockets = [await sendRaw(port, request), await sendRaw(port, request.repeat(2))]
  await untilBegun(3)
  const stopped = stop()
  release()
  const [one = '', two = ''] = await Promise.all(sockets.map(text))
  expect(connectionHeaders(one)).toEqual(['close'])
  expect(connectionHeaders(two)).toEqual(['keep-alive', 'close'])
  await stopped
})

test('a request that follows the last response of its connection is not handled', async () => {
  const { port, stop, release, untilBegun, begun } = await startHeld()
  const [other, first] = [await sendRaw(port, headers), await sendRaw(port, request)]
  await untilBegun(1)
  const stopped = stop()
  first.write(request)
  other.write('{}')
  await untilBegun(2)
  release()
  await Promise.all([text(first), text(other), stopped])
  expect(begun()).toBe(2)
})

test('a request that crosses the stop on an idle connection is answered', async () => {
  const { port, stop } = await startTestServer()
  const live = 'GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'
  const socket = await sendRaw(port, live)
  await once(socket, 'data')
  const stopped = stop()
  socket.write(live)
  const rest = await text(socket)
  expect(rest).toMatch(/^HTTP\/1\.1 200 /)
  expect(connectionHeaders(rest)).toEqual(['close'])
  await stopped
})

test('before a stop each connection closes after its next response, and new ones are accepted', async () => {
  const { port, leave, release, untilBegun } = await startHeld()
  const earlier = await sendRaw(port, request)
  await untilBegun(1)
  leave()
  const later = await sendRaw(port, request)
  await untilBegun(2)
  release()
  const answers = await Promise.all([text(earlier), text(later)])
  expect(answers.map(connectionHeaders)).toEqual([['close'], ['close']])
})
