/** Requests that HTTP clients can send. */

import { type ServiceName, serviceNames } from '@quadrille/events'
import type { Random } from '@quadrille/testing'
import { bodyText } from './bodies.ts'
import { hostileText } from './values.ts'

export interface FuzzRequest {
  readonly service: ServiceName
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** `{}` stands for an id. */
const routes: readonly (readonly [ServiceName | 'each', string, string])[] = [
  ['order', 'POST', '/orders'],
  ['order', 'GET', '/orders'],
  ['order', 'GET', '/orders/{}'],
  ['order', 'POST', '/orders/{}/cancel'],
  ['order', 'GET', '/orders/{}/events'],
  ['order', 'GET', '/orders/{}/diagnosis'],
  ['payment', 'GET', '/payments/{}'],
  ['payment', 'POST', '/payments/{}/refund'],
  ['inventory', 'GET', '/stock'],
  ['inventory', 'GET', '/stock/{}'],
  ['inventory', 'PUT', '/stock/{}'],
  ['inventory', 'POST', '/stock/{}/receipts'],
  ['inventory', 'GET', '/reservations/{}'],
  ['notification', 'GET', '/notifications'],
  ['shipping', 'GET', '/shipments'],
  ['shipping', 'GET', '/shipments/{}'],
  ['shipping', 'POST', '/shipments/{}/dispatch'],
  ['each', 'GET', '/dead-letters'],
  ['each', 'GET', '/dead-letters/groups'],
  ['each', 'GET', '/dead-letters/{}'],
  ['each', 'POST', '/dead-letters/{}/replay'],
  ['each', 'POST', '/dead-letters/replay'],
  ['each', 'DELETE', '/dead-letters/{}'],
  ['each', 'GET', '/whereabouts'],
  ['each', 'GET', '/attempts'],
  ['each', 'GET', '/retries'],
  ['each', 'GET', '/queues'],
  ['each', 'GET', '/operations'],
  ['each', 'POST', '/states'],
  ['each', 'GET', '/openapi.json'],
  ['each', 'GET', '/health/live'],
  ['each', 'GET', '/health/ready'],
  ['each', 'GET', '/metrics'],
]

const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'PURGE',
  'M-SEARCH',
  'QUERY',
]

const parameters = [
  'limit',
  'cursor',
  'status',
  'customerId',
  'reference',
  'stuck',
  'orderId',
  'reason',
  'type',
  'queue',
  'order',
  '__proto__',
  'x',
]
const parameterValues = [
  '1',
  '100',
  '0',
  '101',
  '1e1',
  '0x10',
  'true',
  'parked',
  'placed',
  'asc',
  'MTIz',
  'eyJhIjoxfQ',
  'bXVn',
]

/** Header fields with allowed and with wrong values. */
const headerFields: readonly (readonly [string, readonly string[]])[] = [
  [
    'content-type',
    [
      'application/json',
      'application/json; charset=utf-8',
      'application/json;charset="utf-7"',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/json, text/plain',
      'x',
    ],
  ],
  ['accept', ['*/*', 'application/json', 'text/html', 'application/json;q=0', '*/*;q=0.0001', ',,,', 'application/*']],
  ['accept-encoding', ['gzip', 'br;q=1', '*']],
  ['content-encoding', ['gzip', 'br', 'deflate', 'identity', 'zstd', 'gzip, gzip']],
  ['idempotency-key', ['k', 'x'.repeat(255), 'x'.repeat(256), 'a\tb', '"quoted"', '__proto__']],
  ['x-operator', ['ada', 'x'.repeat(1_000), '']],
  [
    'traceparent',
    [`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, 'ff-x', '00'],
  ],
  ['tracestate', ['a=1', 'a='.repeat(300), ','.repeat(500)]],
  ['host', ['localhost', '127.0.0.1:1', '[::1]', 'evil.example', '127.0.0.1@evil.example', '[', 'a'.repeat(300)]],
  ['origin', ['http://evil.example', 'null', 'http://127.0.0.1']],
  ['sec-fetch-site', ['cross-site', 'same-origin', 'none', 'x']],
  ['x-forwarded-for', ['1.2.3.4', 'unknown']],
  ['x-http-method-override', ['DELETE']],
  ['expect', ['100-continue', '200-ok']],
  ['if-match', ['*', '"x"', 'W/"x"', ',,"x", "y"']],
  ['if-none-match', ['*', '"x"', 'W/"x"', ',,"x", "y"']],
  ['range', ['bytes=0-0', 'bytes=-1', `bytes=${'0-0,'.repeat(200)}`]],
  ['connection', ['close', 'keep-alive', 'upgrade, http2-settings', 'x']],
  ['upgrade', ['h2c', 'websocket']],
  ['cookie', ['a=1', 'x'.repeat(4_000)]],
  ['x-long', ['x'.repeat(8_000), 'x'.repeat(20_000)]],
]

/** Draws a request. `ids` are the ids of existing orders. */
export const drawRequest = (random: Random, ids: readonly string[]): FuzzRequest => {
  const [of, usual, template] = random.pick(routes)
  const method = random.chance(0.85) ? usual : random.pick(methods)
  const pathname = random.chance(0.03) ? hostilePath(random) : template.replace('{}', () => drawId(random, ids))
  const takesBody = method === 'POST' || method === 'PUT' || random.chance(0.05)
  const body = takesBody && random.chance(0.95) ? bodyText(random, template) : ''
  return {
    service: of === 'each' ? random.pick(serviceNames) : of,
    method,
    path: `${pathname}${random.chance(0.35) ? drawQuery(random) : ''}`,
    headers: drawHeaders(random, takesBody),
    body,
  }
}

const drawId = (random: Random, ids: readonly string[]): string => {
  if (ids.length > 0 && random.chance(0.4)) return random.pick(ids)
  if (random.chance(0.3)) return random.pick(['mug', 'honey', 'fuzz-1', 'groups', 'replay'])
  if (random.chance(0.3)) return random.uuid()
  return encode(hostileText(random).slice(0, 3_000))
}

const hostilePath = (random: Random): string =>
  random.pick([
    '/',
    '//',
    '/.',
    '/..',
    '/%',
    '/%00',
    '/%c0%ae',
    '/orders/',
    '/orders//',
    '/Orders',
    '/orders;a=1',
    '/orders/%2e%2e',
    `/${'a/'.repeat(2_000)}`,
    `/${'%41'.repeat(3_000)}`,
    '/orders#x',
    '/orders?',
    '/health/ready/',
    '/metrics?x',
  ])

const drawQuery = (random: Random): string => {
  const pairs = Array.from({ length: 1 + random.below(4) }, () => {
    const value = random.chance(0.6) ? random.pick(parameterValues) : encode(hostileText(random).slice(0, 2_000))
    return `${random.pick(parameters)}${random.chance(0.05) ? '[]' : ''}=${value}`
  })
  return `?${pairs.join('&')}`
}

const drawHeaders = (random: Random, takesBody: boolean): Record<string, string> => {
  const headers: Record<string, string> = {}
  if (takesBody && random.chance(0.9)) headers['content-type'] = 'application/json'
  while (random.chance(0.25)) {
    const [name, values] = random.pick(headerFields)
    headers[name] = random.pick(values)
  }
  return headers
}

/** Lone surrogates can't be percent-encoded. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed())
