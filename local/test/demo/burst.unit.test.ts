/** A burst against an order service that does not answer each request. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { burstAction } from '../../src/demo/burst.ts'
import { placeOrder } from '../../src/demo/client.ts'

/** An order service that answers with a status, breaks off in the answer, or does not answer. Returns its URL. */
const serve = async (answer: (requests: number, key: string) => number | 'half' | 'nothing'): Promise<string> => {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    request.resume()
    const status = answer(requests, String(request.headers['idempotency-key']))
    if (status === 'nothing') return void response.destroy()
    if (status === 'half') return void response.writeHead(202).write('{"id":', () => response.destroy())
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(status === 202 ? { id: `order ${requests}` } : { detail: 'Too many orders are open.' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.closeAllConnections())
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

test('an order without an answer, or that is refused, does not hide the orders that were accepted', async () => {
  let lost: string | undefined
  const orderUrl = await serve((requests, key) => {
    if (requests === 20) lost = key
    if (key === lost) return 'nothing'
    return requests === 30 ? 503 : 202
  })
  const outcome = await burstAction(orderUrl).act()
  const [, accepted, others] =
    /^(\d+) orders were accepted in \d+\.\d s\. (\d+) were refused or not answered, the first with: /.exec(
      outcome.text,
    ) ?? []
  expect(Number(accepted) + Number(others)).toBe(500)
  expect(Number(others)).toBeGreaterThanOrEqual(2) // more if this process pauses for longer than a request may take
  expect(outcome.orderIds).toHaveLength(100)
})

test.each(['nothing', 'half'] as const)(
  'an order that gets %s of an answer is sent again with its key',
  async (part) => {
    const keys: string[] = []
    const orderUrl = await serve((_, key) => (keys.push(key) === 1 ? part : 202))
    const order = { customer: 'burst', sku: 'mug', quantity: 1, method: 'pm_card_visa' }
    expect(await placeOrder(orderUrl, order)).toMatch(/^order \d+$/)
    expect(keys.length).toBeGreaterThanOrEqual(2) // more if this process pauses for longer than a request may take
    expect(new Set(keys).size).toBe(1)
  },
)
