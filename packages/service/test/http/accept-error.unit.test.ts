import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { AddressInfo, Server, Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { send, startTestServer } from './test-server.ts'

/** The server at this port, when it accepts its next connection. Other tests in this process may have servers too. */
const serverAt = (port: number) => {
  const { promise, resolve } = Promise.withResolvers<Server>()
  const onSocket = (message: unknown) => {
    const { server } = (message as { socket: Socket & { server: Server } }).socket
    if ((server.address() as AddressInfo | null)?.port === port) resolve(server)
  }
  subscribe('net.server.socket', onSocket)
  onTestFinished(() => void unsubscribe('net.server.socket', onSocket))
  return promise
}

/** The warnings of this process from now on, also those of other tests. */
const collectWarnings = () => {
  const warnings: string[] = []
  const onWarning = ({ message }: Error) => void warnings.push(message)
  process.on('warning', onWarning)
  onTestFinished(() => void process.off('warning', onWarning))
  return warnings
}

test('a connection that the system cannot accept is reported, and later ones are accepted', async () => {
  const { url, port } = await startTestServer()
  const accepting = serverAt(port)
  await send(`${url}/health/live`)
  const warnings = collectWarnings()
  const server = await accepting
  server.emit('error', new Error('accept ENOBUFS'))
  await expect.poll(() => warnings).toContain('accept ENOBUFS')
  expect(await send(`${url}/health/live`)).toMatchObject({ status: 200 })
})
