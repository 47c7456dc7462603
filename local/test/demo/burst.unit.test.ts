/** A burst against an order service that does not answer each request. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { burstAction } from '../../src/demo/burst.ts'

test('a request without an answer, or that is refused, does not hide the orders that were accepted', async () => {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    request.resume()
    if (requests === 20) return void response.destroy()
    const status = requests === 30 ? 503 : 202
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(status === 202 ? { id: `order ${requests}` } : { detail: 'Too many orders are open.' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.closeAllConnections())
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const outcome = await burstAction(`http://127.0.0.1:${port}`).act()
  const [, accepted, others] =
    /^(\d+) orders were accepted in \d+\.\d s\. (\d+) were refused or not answered, the first with: /.exec(
      outcome.text,
    ) ?? []
  expect(Number(accepted) + Number(others)).toBe(500)
  expect(Number(others)).toBeGreaterThanOrEqual(2) // more if this process pauses for longer than a request may take
  expect(outcome.orderIds).toHaveLength(100)
})
