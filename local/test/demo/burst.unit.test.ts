/** A burst against an order service that does not answer each request. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { burstAction } from '../../src/demo/burst.ts'

/** Answers with a status, breaks off in the answer, or does not answer. */
const sendBurst = async (answer: (requests: number, key: string) => number | 'half' | 'nothing') => {
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
  return burstAction(`http://127.0.0.1:${port}`).act()
}

test('an order without an answer, or that is refused, does not hide the orders that were accepted', async () => {
  let lost: string | undefined
  const outcome = await sendBurst((requests, key) => {
    if (requests === 20) lost = key
    if (key === lost) return 'nothing'
    return requests === 30 ? 503 : 202
  })
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
    const lost = new Set<string>()
    const accepted = new Set<string>()
    const outcome = await sendBurst((requests, key) => {
      const isLost = requests % 100 === 20
      ;(isLost ? lost : accepted).add(key)
      return isLost ? part : 202
    })
    expect(outcome.text).toMatch(/^500 orders were accepted in \d+\.\d s\.$/)
    expect(accepted.size).toBe(500)
    expect([...lost].filter((key) => !accepted.has(key))).toEqual([])
    expect(lost.size).toBeGreaterThanOrEqual(5) // more if this process pauses for longer than a request may take
  },
)
