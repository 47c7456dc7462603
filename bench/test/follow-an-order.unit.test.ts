import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { polling } from '../patterns/follow-an-order/clients.ts'

afterEach(() => vi.useRealTimers())

test('a polling client asks until its order is fulfilled, and then no more', async () => {
  let answers = 0
  const server = createServer((_, response) => {
    answers += 1
    const body = JSON.stringify({ status: answers < 3 ? 'placed' : 'fulfilled' })
    response.writeHead(200, { 'content-length': body.length }).end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  const { port } = server.address() as AddressInfo
  const client = polling(1_000, false)(`http://127.0.0.1:${port}`, 'an-order')
  onTestFinished(() => client.close())
  await vi.waitUntil(() => client.seenAt() !== null, { timeout: 60_000 }) // which also advances the time
  const { requests } = client.traffic()
  vi.advanceTimersByTime(60_000)
  expect(requests).toBeGreaterThanOrEqual(3)
  expect(client.traffic().requests).toBe(requests)
})
