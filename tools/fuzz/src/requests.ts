/** Requests that HTTP clients can send. */

import type { ServiceName } from '@quadrille/events'
import type { Random } from '@quadrille/testing'
import { bodyText } from './bodies.ts'
import { drawPhoto } from './photos.ts'
import { type FuzzRoute, readRoutes } from './routes.ts'
import { hostileText } from './values.ts'

export interface FuzzRequest {
  readonly service: ServiceName
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/** The ids that the shop has given to orders and photos. */
export interface KnownIds {
  readonly orders: readonly string[]
  readonly photos: readonly string[]
}

const routes = readRoutes()

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

/** Of no route, or of another one. */
const otherParameters = ['limit', 'cursor', 'status', 'orderId', 'sku', 'from', '__proto__', 'x']
/** Of a stream of events. Some have the format of real ones, with transactions that do not exist. */
const positions = [
  'start',
  '1_1.1.00000000',
  '2gosa7pa2gv.1.1_2gosa7pa2gu.2gosa7pa2gv.abcdef01',
  'zzzzzzzzzzz_1.1.0',
  '0',
]
const parameterValues = [
  ...positions,
  '1',
  '100',
  '0',
  '101',
  '1e1',
  '0x10',
  'true',
  'parked',
  'placed',
  'mug',
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
  [
    'accept',
    [
      ...['*/*', 'application/json', 'text/html', 'application/json;q=0', '*/*;q=0.0001', ',,,', 'application/*'],
      ...[
        'text/event-stream',
        'text/event-stream;q=0.1, application/json;q=0.2',
        'image/*',
        'image/webp',
        'image/avif',
      ],
    ],
  ],
  ['last-event-id', [...positions, 'x'.repeat(5_000), '\u00e9', '__proto__']],
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
  ['if-modified-since', ['Thu, 01 Jan 1970 00:00:00 GMT', 'x']],
  ['range', ['bytes=0-0', 'bytes=-1', 'bytes=9-', `bytes=${'0-0,'.repeat(200)}`]],
  ['if-range', ['"x"', 'Thu, 01 Jan 1970 00:00:00 GMT']],
  ['connection', ['close', 'keep-alive', 'upgrade, http2-settings', 'x']],
  ['upgrade', ['h2c', 'websocket']],
  ['cookie', ['a=1', 'x'.repeat(4_000)]],
  ['x-long', ['x'.repeat(8_000), 'x'.repeat(20_000)]],
]

const headerValues = new Map(headerFields)

/** Draws a request to a route of the shop. */
export const drawRequest = (random: Random, known: KnownIds): FuzzRequest => {
  const route = random.pick(routes)
  const method = random.chance(0.85) ? route.method : random.pick(methods)
  const ownPath = route.path.replace(/\{(\w+)\}/, (_, name: string) => drawId(random, name, known))
  const pathname = random.chance(0.03) ? hostilePath(random) : ownPath
  const query = random.chance(route.query.length > 0 ? 0.5 : 0.2) ? drawQuery(random, route) : ''
  const takesBody = method === 'POST' || method === 'PUT' || random.chance(0.05)
  const { mediaType, body } = takesBody ? drawBody(random, route) : { body: '' }
  const headers = { ...(mediaType && { 'content-type': mediaType }), ...drawHeaders(random, route) }
  return { service: random.pick(route.services), method, path: `${pathname}${query}`, headers, body }
}

interface Body {
  readonly mediaType?: string
  readonly body: string | Buffer
}

const drawBody = (random: Random, { path, isUpload }: FuzzRoute): Body => {
  const isPhoto = isUpload && random.chance(0.9)
  const { mediaType, bytes } = isPhoto ? drawPhoto(random) : { mediaType: 'application/json', bytes: '' }
  const body = isPhoto ? bytes : random.chance(0.95) ? bodyText(random, path) : ''
  return { body, ...(random.chance(0.9) && { mediaType }) }
}

const skus = ['mug', 'honey', 'fuzz-1']

const drawId = (random: Random, name: string, { orders, photos }: KnownIds): string => {
  const known = name === 'sku' ? skus : name === 'photoId' ? photos : orders
  if (known.length > 0 && random.chance(0.4)) return random.pick(known)
  if (random.chance(0.3)) return random.pick([...skus, 'groups', 'replay', 'events', ...orders.slice(-1)])
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

const drawQuery = (random: Random, { query }: FuzzRoute): string => {
  const pairs = Array.from({ length: 1 + random.below(3) }, () => {
    const isOwn = query.length > 0 && random.chance(0.85)
    const { name, allowed } = isOwn ? random.pick(query) : { name: random.pick(otherParameters), allowed: [] }
    return `${name}${random.chance(0.05) ? '[]' : ''}=${drawValue(random, allowed)}`
  })
  return `?${pairs.join('&')}`
}

const drawValue = (random: Random, allowed: readonly string[]): string => {
  if (allowed.length > 0 && random.chance(0.7)) return random.pick(allowed)
  return random.chance(0.6) ? random.pick(parameterValues) : encode(hostileText(random).slice(0, 2_000))
}

const drawHeaders = (random: Random, { headers: own }: FuzzRoute): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const { name, allowed } of own)
    if (random.chance(0.2))
      headers[name] = random.pick(allowed.length > 0 ? allowed : (headerValues.get(name) ?? ['x']))
  while (random.chance(0.25)) {
    const [name, values] = random.pick(headerFields)
    headers[name] = random.pick(values)
  }
  return headers
}

/** Lone surrogates can't be percent-encoded. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed())
