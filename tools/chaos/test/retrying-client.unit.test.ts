import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openShop } from '@quadrille/shop-testing'
import { seeded } from '@quadrille/testing'
import { expect, onTestFinished, test } from 'vitest'
import { retryingClient } from '../src/load/retrying-client.ts'
import { checkResponses } from '../src/report/findings.ts'

/** A shop whose first answers are these, one after the other. */
const shopThatAnswers = async (answers: readonly (readonly [number, Record<string, string>])[]) => {
  const remaining = [...answers]
  const server = createServer((_, response) => {
    const [status, headers] = remaining.shift() ?? [404, {}]
    response.writeHead(status, headers).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const shop = openShop({ order: url, payment: url, inventory: url, shipping: url })
  onTestFinished(async () => {
    shop.close()
    server.close()
    await once(server, 'close')
  })
  return shop
}

test('a rejection without Retry-After is counted apart, and is a violation', async () => {
  const shop = await shopThatAnswers([
    [503, { 'retry-after': '1' }],
    [429, { 'retry-after': '1' }],
    [503, {}],
    [202, {}],
  ])
  const answerCounts = new Map<string, number>()
  const { signal } = new AbortController()
  await retryingClient([shop], { random: seeded(1), answerCounts, signal }).cancel('any')
  expect([...answerCounts]).toEqual([
    ['POST /orders/{id}/cancel 503', 1],
    ['POST /orders/{id}/cancel 429', 1],
    ['POST /orders/{id}/cancel 503 without Retry-After', 1],
    ['POST /orders/{id}/cancel 202', 1],
  ])
  expect(checkResponses(answerCounts, 0).violations).toEqual([
    { subject: 'POST /orders/{id}/cancel 503 without Retry-After', detail: '1 times' },
  ])
})
