import { serviceNames } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { describeService } from '@quadrille/service/tools'
import { seeded } from '@quadrille/testing'
import { expect, test } from 'vitest'
import { drawRaw } from '../src/raw.ts'
import { drawRequest } from '../src/requests.ts'

const known = { orders: ['an-order'], photos: ['a-photo'] }

const draw = (seed: number, count: number) => {
  const random = seeded(seed)
  return Array.from({ length: count }, () => [drawRequest(random, known), drawRaw(random)] as const)
}
const requests = draw(1, 40_000).map(([request]) => request)

test('a seed repeats the requests', () => {
  expect(draw(1, 200)).toEqual(draw(1, 200))
  expect(draw(1, 200)).not.toEqual(draw(2, 200))
})

test('requests have the routes of the OpenAPI documents of all services', () => {
  const described = serviceNames.flatMap((service) =>
    definitions[service]
      .apply(describeService)
      .routes.map(({ method, path }) => ({ service, method: method.toUpperCase(), path })),
  )
  const missing = described.filter(({ service, method, path }) => {
    const pattern = new RegExp(`^${path.replace(/\{\w+\}/, '[^/?]+')}(\\?|$)`)
    return !requests.some((one) => one.service === service && one.method === method && pattern.test(one.path))
  })
  expect(missing).toEqual([])
})

test('requests have routes outside of the documents, known ids, many methods, large bodies and hostile paths', () => {
  const paths = new Set(requests.map(({ service, method, path }) => `${service} ${method} ${path.split('?')[0]}`))
  for (const expected of [
    'order POST /orders/an-order/cancel',
    'inventory PUT /stock/mug/photo',
    'inventory GET /photos/a-photo',
    'shipping GET /metrics',
    'payment GET /docs',
  ])
    expect(paths).toContain(expected)
  expect(new Set(requests.map(({ method }) => method)).size).toBeGreaterThan(10)
  expect(requests.some(({ body }) => body.length > 256 * 1_024)).toBe(true)
  expect(requests.some(({ path }) => path.includes('%00'))).toBe(true)
})

test('queries have the parameters of their route, with allowed values and with others', () => {
  const widths = requests.flatMap(({ path }) => /^\/stock\/[^?]*\/photo\?width=([^&]*)/.exec(path)?.[1] ?? [])
  expect(widths).toEqual(expect.arrayContaining(['320', '1280', '0x10']))
  expect(requests.some(({ path }) => path.startsWith('/orders/events?from=start'))).toBe(true)
})

test('the history of an order is requested as a stream, and streams are resumed at positions that do not exist', () => {
  const ofStreams = requests.filter(({ method, path }) => method === 'GET' && /^\/orders\/[^?]*events/.test(path))
  const count = (name: string, value: string) => ofStreams.filter(({ headers }) => headers[name] === value).length
  expect(count('accept', 'text/event-stream')).toBeGreaterThan(5)
  expect(count('last-event-id', '1_1.1.00000000')).toBeGreaterThan(5)
})

test('photos are images, images that are damaged or too large, and other bytes, with right and wrong types', () => {
  const uploads = requests.filter(({ method, path }) => method === 'PUT' && /^\/stock\/[^?]*\/photo/.test(path))
  const starts = new Set(uploads.map(({ body }) => Buffer.from(body).toString('latin1', 0, 4)))
  expect(starts).toEqual(new Set([...starts, '\x89PNG', 'RIFF', '\xff\xd8\xff\xdb', '<svg', 'GIF8', '']))
  expect(uploads.some(({ body }) => body.length === 10_000_001)).toBe(true)
  expect(new Set(uploads.map(({ headers }) => headers['content-type'])).size).toBeGreaterThan(5)
})

test('raw requests violate the protocol, are sent in pieces, and end in every way', () => {
  const raws = draw(1, 1_000).map(([, raw]) => raw)
  const texts = raws.map(({ bytes }) => bytes.toString('latin1'))
  for (const piece of [
    'Transfer-Encoding: xchunked',
    'http://evil.example',
    'HTTP/2.0',
    'Content-Length: -1',
    '/photo',
    '/orders/events',
  ])
    expect(texts.some((text) => text.includes(piece))).toBe(true)
  expect(new Set(raws.map(({ ending }) => ending))).toEqual(new Set(['wait', 'close', 'reset', 'end']))
  expect(raws.some(({ pieceBytes }) => pieceBytes > 0)).toBe(true)
  expect(raws.some(({ reads }) => !reads)).toBe(true)
})
