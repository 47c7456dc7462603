import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openClient } from '../src/send.ts'

test('all responses to raw bytes are judged, also those after the first one, and one that is cut in two', async () => {
  const { promise: allSent, resolve } = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    socket.once('data', () => {
      socket.write('HTTP/1.1 422 Unprocessable Content\r\n\r\nHTTP/1.1 50')
      setImmediate(() => socket.end('0 Internal Server Error\r\n\r\n'))
    })
    socket.on('close', () => resolve())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const judged: (readonly number[])[] = []
  const client = openClient((_, statuses) => judged.push(statuses))
  const request = { bytes: Buffer.from('GET'), pieceBytes: 0, ending: 'wait', reads: true } as const
  await client.sendRaw(request, (server.address() as AddressInfo).port)
  await allSent
  client.close()
  expect(judged).toEqual([[200, 422, 500]])
})

test('a stream of events, which does not end, is read for a moment', async () => {
  const { promise: disconnected, resolve } = Promise.withResolvers<void>()
  const server = createHttpServer((_, response) => {
    response.setHeader('content-type', 'text/event-stream').write(':\n\n')
    response.on('close', () => resolve())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const client = openClient(() => undefined)
  const request = { service: 'order', method: 'GET', path: '/orders/events', headers: {}, body: '' } as const
  expect(await client.send(request, (server.address() as AddressInfo).port)).toMatchObject({
    status: 200,
    text: ':\n\n',
  })
  await disconnected
  client.close()
})
