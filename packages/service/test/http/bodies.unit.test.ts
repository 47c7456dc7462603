/** Bodies that arrive in chunks of any size. */
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { usedHeap } from '@quadrille/testing/used-heap'
import { expect, test } from 'vitest'
import { maxBodyBytes, readBody } from '../../src/http/read-body.ts'
import { sendRaw, startTestServer } from './test-server.ts'

const chunked =
  'POST /echo HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'

test('a body in chunks of a byte each is read', async () => {
  const { port } = await startTestServer()
  const bytes = [...'{"good":true}'].map((byte) => `1\r\n${byte}\r\n`)
  const socket = await sendRaw(port, `${chunked}${bytes.join('')}0\r\n\r\n`)
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 /)
})

test('a chunked body that becomes too large is refused, and the connection is used again', async () => {
  const { port } = await startTestServer()
  const chunk = `20000\r\n${'x'.repeat(0x20000)}\r\n`
  const socket = await sendRaw(port, chunked + chunk + chunk)
  socket.write('1\r\nx\r\n')
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 413 /)
  socket.write('0\r\n\r\nGET /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 404 /)
})

test('a body that is too large needs no memory after it was refused', async () => {
  const requests = Array.from({ length: 20 }, () => new Readable({ read: () => undefined }))
  const before = usedHeap()
  for (const request of requests) {
    const body = readBody(request, maxBodyBytes)
    request.push(Buffer.alloc(maxBodyBytes + 1))
    await expect(body).rejects.toThrow('too large')
  }
  await setImmediate()
  expect(usedHeap() - before).toBeLessThan(1_000_000)
  for (const request of requests) request.destroy()
})

test('an incomplete body needs no more memory than its limit, however small its chunks are', async () => {
  const request = new Readable({ read: () => undefined })
  const before = usedHeap()
  const body = readBody(request, maxBodyBytes)
  await setImmediate() // the stream flows
  for (let size = 0; size < 200_000; size += 1) request.push(Buffer.of(120))
  expect(usedHeap() - before).toBeLessThan(1_000_000)
  request.push(null)
  expect(String(await body)).toBe('x'.repeat(200_000))
})
