/** The memory of an instance with many open streams under load. Their clients are another process. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { usedHeap } from '@quadrille/testing/used-heap'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished } from 'vitest'
import { anOrderRequest, startOrders } from '../orders-by-http.ts'

const streams = 1_000
const orders = 2_000
const rounds = 4
/** How much memory a stream may need, bytes. It was 17,000. */
const maxPerStream = 30_000
/** By how much the memory may grow in later rounds, bytes. */
const maxGrowth = 10_000_000

const openClients = (url: string) => {
  const script = fileURLToPath(new URL('many-clients.ts', import.meta.url))
  const child = spawn(process.execPath, [script, url, String(streams)], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.stdin.end()
    if (child.exitCode === null) await once(child, 'exit')
  })
  let state = { begun: 0, least: 0, greatest: 0 }
  createInterface(child.stdout).on('line', (line) => (state = JSON.parse(line)))
  return () => {
    expect(child.exitCode).toBeNull() // a client was disconnected
    return state
  }
}

it('an instance with many streams under load needs a limited memory for each', async () => {
  const { url, post } = await startOrders({ level: 'fatal' })
  const place = async (count: number) => {
    for (let placed = 0; placed < count; placed += 10)
      await Promise.all(Array.from({ length: 10 }, () => post('/orders', anOrderRequest)))
  }
  await place(20)
  const before = usedHeap()
  const clients = openClients(`${url}/orders/events`)
  await waitFor(() => expect(clients().begun).toBe(streams))
  const perStream = (usedHeap() - before) / streams
  const afterRounds: number[] = []
  const each = orders / rounds
  for (let round = 1; round <= rounds; round += 1) {
    await place(each)
    await waitFor(() => expect(clients().least).toBe(each * round))
    expect(clients().greatest).toBe(each * round)
    afterRounds.push(usedHeap())
  }
  const [first = 0] = afterRounds
  const growth = Math.max(...afterRounds) - first
  expect(perStream).toBeLessThan(maxPerStream)
  expect(growth).toBeLessThan(maxGrowth)
})
