import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { jsonClient } from '../src/json-client.ts'

const serverAt = async (answer: RequestListener) => {
  const server = createServer({ keepAliveTimeout: 60_000 }, answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = jsonClient()
  onTestFinished(async () => {
    client.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { server, send: () => client.send('GET', url) }
}

test('the client closes an idle connection before the server announces to do so', async () => {
  const { server, send } = await serverAt((_, response) =>
    response.writeHead(200, { connection: 'keep-alive', 'keep-alive': 'timeout=2' }).end('{}'),
  )
  const connected = once(server, 'connection')
  await send()
  const [socket]: Socket[] = await connected
  await once(socket as Socket, 'close') // a second before the 2 s; the server itself keeps it for 60 s
})

test('an answer that is not JSON is an error of the request', async () => {
  const { send } = await serverAt((_, response) => response.writeHead(502).end('<html>'))
  await expect(send()).rejects.toThrow(/was answered 502 with a body that is not JSON/)
})
