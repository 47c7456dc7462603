import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { answersRequests } from '../src/world/answers-requests.ts'

test('an instance must answer, and not only by a rejection', async () => {
  let status = 503
  const server = createServer((_, response) => response.writeHead(status).end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await answersRequests(url)).toBe(false)
  status = 200
  expect(await answersRequests(url)).toBe(true)
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
  expect(await answersRequests(url)).toBe(false)
})
