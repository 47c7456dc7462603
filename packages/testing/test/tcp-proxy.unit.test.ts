import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { waitFor } from '@quadrille/testing/waiting'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TcpProxy, tcpProxy } from '../src/tcp-proxy.ts'

let echo: Server
let proxy: TcpProxy
let client: Socket
let received = ''

const listen = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const open = (): Socket => {
  const socket = connect({ host: '127.0.0.1', port: proxy.port, noDelay: true })
  socket.on('error', () => undefined) // 'close' follows
  socket.on('data', (chunk) => (received += chunk))
  return socket
}

/** `once` would reject for a reset connection. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))

const arrives = (expected: string) => waitFor(() => expect(received).toBe(expected))

beforeEach(async () => {
  received = ''
  echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket))
  proxy = await tcpProxy(await listen(echo))
  client = open()
  await once(client, 'connect')
})
afterEach(async () => {
  client.destroy()
  await proxy.close()
  echo.close()
})

test('forwards data', async () => {
  client.write('hello')
  await arrives('hello')
})

test('a delay applies to every chunk, in both directions', async () => {
  proxy.delay(50)
  const begun = performance.now()
  client.write('hello')
  await arrives('hello')
  expect(performance.now() - begun).toBeGreaterThanOrEqual(99)
})

test.each(['to the server', 'to the client'] as const)(
  'data that is held %s arrives after the release',
  async (direction) => {
    client.write('before')
    await arrives('before')
    proxy.hold(direction)
    client.write(' after')
    const other = open() // a connection that is opened meanwhile is held as well
    await once(other, 'connect')
    other.write(' other')
    await waitFor(() => expect(client.writableLength + other.writableLength).toBe(0))
    expect(received).toBe('before')
    proxy.release()
    await waitFor(() => expect(received).toHaveLength('before after other'.length))
    other.destroy()
  },
)

test('half of a truncated chunk arrives, and then the connection ends', async () => {
  client.write('before')
  await arrives('before')
  proxy.truncate('to the client')
  client.write('12345678')
  await closed(client)
  expect(received).toBe('before1234')
})

test('connections alternate between the listening ports', async () => {
  const named = (name: string) => createServer((socket) => socket.end(name))
  const [one, other, gone] = [named('one'), named('other'), named('gone')]
  const several = await tcpProxy(await listen(one), await listen(gone), await listen(other))
  gone.close()
  const answer = () => text(connect({ host: '127.0.0.1', port: several.port }))
  const answers = [await answer(), await answer(), await answer()]
  expect(new Set(answers)).toEqual(new Set(['one', 'other']))
  await several.close()
  one.close()
  other.close()
})

test('a connection ends if no port is listening', async () => {
  const gone = createServer()
  const port = await listen(gone)
  gone.close()
  const toNobody = await tcpProxy(port)
  const socket = connect({ host: '127.0.0.1', port: toNobody.port })
  socket.on('error', () => undefined)
  await closed(socket)
  await toNobody.close()
})
