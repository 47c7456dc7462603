import { seeded } from '@quadrille/testing'
import { expect, test } from 'vitest'
import { drawRaw } from '../src/raw.ts'
import { drawRequest } from '../src/requests.ts'

const draw = (seed: number, count: number) => {
  const random = seeded(seed)
  return Array.from({ length: count }, () => [drawRequest(random, ['an-order']), drawRaw(random)] as const)
}

test('a seed repeats the requests', () => {
  expect(draw(1, 200)).toEqual(draw(1, 200))
  expect(draw(1, 200)).not.toEqual(draw(2, 200))
})

test('requests have routes of every service, many methods, large bodies and hostile paths', () => {
  const requests = draw(1, 5_000).map(([request]) => request)
  const paths = new Set(requests.map(({ service, method, path }) => `${service} ${method} ${path.split('?')[0]}`))
  for (const expected of [
    'order POST /orders',
    'order POST /orders/an-order/cancel',
    'order GET /orders/an-order/events',
    'payment POST /payments/an-order/refund',
    'inventory PUT /stock/mug',
    'inventory POST /stock/mug/receipts',
    'notification GET /notifications',
    'payment POST /dead-letters/replay',
    'inventory GET /whereabouts',
  ])
    expect(paths).toContain(expected)
  expect(new Set(requests.map(({ method }) => method)).size).toBeGreaterThan(10)
  expect(requests.some(({ body }) => body.length > 256 * 1_024)).toBe(true)
  expect(requests.some(({ path }) => path.includes('%00'))).toBe(true)
})

test('raw requests violate the protocol, are sent in pieces, and end in every way', () => {
  const raws = draw(1, 1_000).map(([, raw]) => raw)
  const texts = raws.map(({ bytes }) => bytes.toString('latin1'))
  for (const piece of ['Transfer-Encoding: xchunked', 'http://evil.example', 'HTTP/2.0', 'Content-Length: -1'])
    expect(texts.some((text) => text.includes(piece))).toBe(true)
  expect(new Set(raws.map(({ ending }) => ending))).toEqual(new Set(['wait', 'close', 'reset', 'end']))
  expect(raws.some(({ pieceBytes }) => pieceBytes > 0)).toBe(true)
  expect(raws.some(({ reads }) => !reads)).toBe(true)
})
