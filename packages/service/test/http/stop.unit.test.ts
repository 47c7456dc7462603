/** A stop of the listener does not cut off a response that a client still reads. */

import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { sendRaw, startTestServer } from './test-server.ts'

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
