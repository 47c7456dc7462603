import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { send, startTestServer } from './test-server.ts'

/** The server that accepts the next connection. */
const nextServer = () => {
  const { promise, resolve } = Promise.withResolvers<Server>()
  const onSocket = (message: unknown) => resolve((message as { socket: Socket & { server: Server } }).socket.server)
  subscribe('net.server.socket', onSocket)
  onTestFinished(() => void unsubscribe('net.server.socket', onSocket))
  return promise
}

test('a connection that the system cannot accept is reported, and later ones are accepted', async () => {
  const { url } = await startTestServer()
  const accepting = nextServer()
  await send(`${url}/health/live`)
  const warned = once(process, 'warning')
  const server = await accepting
  server.emit('error', new Error('accept ENOBUFS'))
  expect(await warned).toMatchObject([{ message: 'accept ENOBUFS' }])
  expect(await send(`${url}/health/live`)).toMatchObject({ status: 200 })
})
