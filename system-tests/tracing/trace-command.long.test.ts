import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { order } from '@quadrille/local/first-order'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from '../start/started.ts'

const root = new URL('../../', import.meta.url)

const trace = async (args: readonly string[], env: Record<string, string> = {}): Promise<string[]> => {
  const command = ['tools/trace/src/main.ts', ...args]
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    cwd: root,
    env: { ...process.env, ...env },
  })
  return stdout.trimEnd().split('\n')
}

test('npm run trace prints an order from the request to the last notification, in time order', async () => {
  const [, first = '', ...rest] = await trace([])
  expect(first).toMatch(/^ +0\.0 +\d+\.\d {2}POST \/orders$/)
  expect(rest[0]).toMatch(/ {4}order: process OrderSubmitted$/)
  expect(rest.filter((line) => line.endsWith('order: process NotificationSent'))).toHaveLength(2)
  const begins = rest.map((line) => Number(line.trim().split(/ +/)[0]))
  expect(begins).toEqual(begins.toSorted((one, other) => one - other))
})

test('npm run trace with an id prints the events of that order of the running shop', async () => {
  const shop = startIn(newFolder(), [main])
  await untilPrinted(shop, 'Quadrille is ready')
  const [, ORDER_URL = ''] = /order +(http:\S+)/.exec(shop.output()) ?? []
  const headers = { 'content-type': 'application/json' }
  const placed = await fetch(`${ORDER_URL}/orders`, { method: 'POST', headers, body: JSON.stringify(order) })
  const { id } = (await placed.json()) as { id: string }
  await waitFor(async () => {
    const lines = await trace([id], { ORDER_URL })
    expect(lines[0]).toBe(`Order ${id}`) // tracing is off
    expect(lines.slice(3).map((line) => line.trim().split(/ +/).slice(1).join(' '))).toEqual(
      expect.arrayContaining(['order: OrderPlaced', 'payment: PaymentProcessed', 'order: OrderFulfilled']),
    )
  })
  const unknown = '0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6f'
  await expect(trace([unknown], { ORDER_URL })).rejects.toThrow(`trace: There is no order ${unknown}.`)
  shop.child.kill('SIGTERM')
  expect(await shop.exit).toBe(0)
  await expect(trace([id], { ORDER_URL })).rejects.toThrow(`trace: No answer from ${ORDER_URL}. Run npm start`)
})
