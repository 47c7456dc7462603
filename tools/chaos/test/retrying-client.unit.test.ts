import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openShop } from '@quadrille/shop-testing'
import { seeded } from '@quadrille/testing'
import { expect, onTestFinished, test } from 'vitest'
import { retryingClient } from '../src/load/retrying-client.ts'
import { checkResponses } from '../src/report/findings.ts'

/** A shop whose first answers are these, one after the other. Status 0 ends the connection instead. */
const shopThatAnswers = async (answers: readonly (readonly [number, Record<string, string>, string?])[]) => {
  const remaining = [...answers]
  const server = createServer((_, response) => {
    const [status, headers, body = '{}'] = remaining.shift() ?? [404, {}]
    if (status === 0) response.destroy()
    else response.writeHead(status, headers).end(body)
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

test('rejections after the first are counted apart, and so is one without Retry-After, which is a violation', async () => {
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
    ['POST /orders/{id}/cancel 429 again', 1],
    ['POST /orders/{id}/cancel 503 again without Retry-After', 1],
    ['POST /orders/{id}/cancel 202', 1],
  ])
  expect(checkResponses(answerCounts, 0).violations).toEqual([
    { subject: 'POST /orders/{id}/cancel 503 again without Retry-After', detail: '1 times' },
  ])
})

test('a request without an answer is counted with the reason, and repeated', async () => {
  const shop = await shopThatAnswers([
    [0, {}],
    [202, {}],
  ])
  const answerCounts = new Map<string, number>()
  const { signal } = new AbortController()
  await retryingClient([shop], { random: seeded(1), answerCounts, signal }).cancel('any')
  expect([...answerCounts]).toEqual([
    ['POST /orders/{id}/cancel no answer (ECONNRESET)', 1],
    ['POST /orders/{id}/cancel 202', 1],
  ])
  expect(checkResponses(answerCounts, 0).violations).toEqual([])
})

test('a refused request, and an error of the client itself, are not repeated', async () => {
  const shop = await shopThatAnswers([
    [422, {}],
    [202, {}, '<html>'],
  ])
  const answerCounts = new Map<string, number>()
  const { signal } = new AbortController()
  const client = retryingClient([shop], { random: seeded(1), answerCounts, signal })
  await expect(client.setStock({ mug: -1 })).rejects.toThrow('Answered 422')
  await expect(client.cancel('any')).rejects.toThrow('not JSON')
  expect([...answerCounts]).toEqual([])
})

test.each([
  ['the same answer', [200, '{"onHand":3,"available":3}'], null],
  ['another body', [200, '{"onHand":6,"available":6}'], /receipts 200 and 200, which differ$/],
  ['a rejection', [409, '{}'], /receipts (200 and 409|409 and 200), which differ$/],
] as const)('both requests with one key must get the same answer: %s', async (_, [status, body], difference) => {
  const shop = await shopThatAnswers([
    [200, {}, '{"available":3,"onHand":3}'],
    [status, {}, body],
  ])
  const answerCounts = new Map<string, number>()
  const { signal } = new AbortController()
  const client = retryingClient([shop], { random: seeded(1), answerCounts, signal })
  await client.receiveTwice({ sku: 'mug', quantity: 3 }, 'key')
  const found = checkResponses(answerCounts, 0).violations.map(({ subject }) => subject)
  expect(found.filter((answer) => answer.endsWith(', which differ'))).toEqual(
    difference === null ? [] : [expect.stringMatching(difference)],
  )
})

test('a dispatch is not answered while one of its two requests finds no order', async () => {
  const shop = await shopThatAnswers([
    [200, {}],
    [404, {}],
  ])
  const answerCounts = new Map<string, number>()
  const { signal } = new AbortController()
  const client = retryingClient([shop], { random: seeded(1), answerCounts, signal })
  const parcel = { carrier: 'any', trackingCode: 'any' }
  expect((await client.dispatchTwice('order', parcel, 'key')).status).toBe(404)
  expect(checkResponses(answerCounts, 0).violations).toEqual([])
})
