import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openHttpClient } from '../src/load/http-client.ts'

const serve = async (listener: RequestListener) => {
  const server = createServer(listener)
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections }
}

test('posts over persistent connections, and queues requests above their maximum', async () => {
  const bodies: string[] = []
  const { url, connections } = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    bodies.push(Buffer.concat(chunks).toString())
    response.statusCode = 202
    response.end(`{"id":"${bodies.length}"}`)
  })
  const client = openHttpClient({ url, connections: 2 })
  const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => client.post('/orders', `{"n":${index}}`)))
  expect(answers.every(({ status }) => status === 202)).toBe(true)
  expect(bodies.toSorted()).toEqual(Array.from({ length: 10 }, (_, index) => `{"n":${index}}`))
  expect(connections()).toBe(2)
  client.close()
})

test('a closed connection fails its request only: the waiting one gets a new connection', async () => {
  let requests = 0
  const { url } = await serve((request, response) => {
    requests += 1
    if (requests === 1) request.socket.destroy()
    else response.end('{}')
  })
  const client = openHttpClient({ url, connections: 1 })
  const [first, second] = [client.post('/', '{}'), client.post('/', '{}')]
  await expect(first).rejects.toThrow(/closed|ECONNRESET/)
  expect(await second).toMatchObject({ status: 200 })
  client.close()
})

test('does not use a connection that the server closes after its response', async () => {
  const { url, connections } = await serve((_, response) => response.setHeader('connection', 'close').end('{}'))
  const client = openHttpClient({ url, connections: 1 })
  const answers = await Promise.all([client.post('/', '{}'), client.post('/', '{}')])
  expect(answers).toMatchObject([{ status: 200 }, { status: 200 }])
  expect(connections()).toBe(2)
  client.close()
})

test('replaces connections that were idle for too long, one for each request', async () => {
  const { url, connections } = await serve((_, response) => response.end('{}'))
  const client = openHttpClient({ url, connections: 100 })
  const postFour = () => Promise.all(Array.from({ length: 4 }, () => client.post('/', '{}')))
  await postFour()
  expect(connections()).toBe(4)
  const later = performance.now() + 60_000
  vi.spyOn(performance, 'now').mockReturnValue(later)
  onTestFinished(() => void vi.restoreAllMocks())
  await postFour()
  await postFour()
  expect(connections()).toBe(8)
  client.close()
})
