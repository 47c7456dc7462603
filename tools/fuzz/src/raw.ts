/** Raw bytes on a connection, as from an attacker or a broken client. */
import type { Random } from '@quadrille/testing'

const head = (line: string, ...fields: string[]) => [line, 'Host: 127.0.0.1', ...fields, '', ''].join('\r\n')
const json = 'Content-Type: application/json'
const upload = (...fields: string[]) => head('PUT /stock/mug/photo HTTP/1.1', 'Content-Type: image/png', ...fields)
const post = (...fields: string[]) => head('POST /orders HTTP/1.1', json, ...fields)

const texts: readonly ((random: Random) => string)[] = [
  () => '',
  () => '\r\n\r\n\r\n',
  () => 'GET / HTTP/1.1\r\n\r\n',
  () => 'GET /orders HTTP/0.9\r\n\r\n',
  () => 'GET /orders HTTP/1.0\r\n\r\n',
  () => 'GET /orders HTTP/2.0\r\nHost: x\r\n\r\n',
  () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  () => head('GET http://evil.example/orders HTTP/1.1'),
  () => head('GET http://ev]l.example:99999/ HTTP/1.1'),
  () => head('CONNECT evil.example:443 HTTP/1.1'),
  () => head('OPTIONS * HTTP/1.1'),
  () => head(`GET /${'a'.repeat(20_000)} HTTP/1.1`),
  () => head('GET /orders HTTP/1.1', ...Array.from({ length: 2_500 }, (_, index) => `X-${index}: 1`)),
  () => head('GET /orders HTTP/1.1', 'Host: evil.example'),
  () => head('GET /orders HTTP/1.1', 'A\u0000: b'),
  () => head('GET /orders HTTP/1.1', 'A : b'),
  () => head('GET /orders HTTP/1.1', ' folded: b'),
  () => 'GET /orders HTTP/1.1\nHost: 127.0.0.1\n\n',
  () => 'GET /orders HTTP/1.1\rHost: 127.0.0.1\r\r',
  () => `${post('Content-Length: 2', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  () => `${post('Content-Length: 2', 'Content-Length: 3')}{}`,
  () => `${post('Content-Length: +5')}{"a":`,
  () => `${post('Content-Length: 0x5')}{"a":`,
  () => post('Content-Length: -1'),
  () => post(`Content-Length: ${'9'.repeat(30)}`),
  () => post('Content-Length: 1000000'),
  () => `${post('Transfer-Encoding: xchunked')}0\r\n\r\n`,
  () => `${post('Transfer-Encoding:\r\n chunked')}0\r\n\r\n`,
  () => `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n`,
  () => `${post('Transfer-Encoding: chunked')}ffffffffffffffff\r\n{`,
  () => `${post('Transfer-Encoding: chunked')}-1\r\n{`,
  () => `${post('Transfer-Encoding: chunked')}2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  () => `${post('Transfer-Encoding: chunked')}2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n`,
  () => post('Transfer-Encoding: chunked') + '1\r\n{\r\n'.repeat(100),
  (random) => post('Content-Length: 100') + '{"a":"'.slice(0, random.below(7)),
  () => post('Content-Length: 2', 'Expect: 100-continue'),
  () => upload('Content-Length: 10000000', 'Expect: 100-continue'),
  () => upload('Content-Length: 10000001'),
  () => `${upload('Content-Length: 10000000')}\u0089PNG\r\n\u001a\n`,
  (random) =>
    `${upload('Transfer-Encoding: chunked')}8\r\n\u0089PNG\r\n\u001a\n\r\n${'1\r\nx\r\n'.repeat(random.below(100))}`,
  () => head('GET /orders/events?from=start HTTP/1.1'),
  (random) => head('GET /orders/events HTTP/1.1').repeat(1 + random.below(100)),
  () => head('GET /orders/events HTTP/1.0', 'Connection: keep-alive'),
  () => head('GET /orders HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'),
  (random) => head('GET /health/ready HTTP/1.1').repeat(1 + random.below(200)),
  (random) => head('GET /orders?limit=100 HTTP/1.1').repeat(1 + random.below(120)),
  () => `${post('Content-Length: 2')}{}`.repeat(20),
  (random) => Array.from({ length: 1 + random.below(500) }, () => String.fromCharCode(random.below(256))).join(''),
  (random) => `\u0016\u0003\u0001${String.fromCharCode(...Array.from({ length: 200 }, () => random.below(256)))}`,
  (random) => head('GET /orders HTTP/1.1').slice(0, random.below(40)),
]

/** The client's action after it has sent everything. */
const endings = ['wait', 'wait', 'close', 'reset', 'end'] as const

export interface RawRequest {
  readonly bytes: Buffer
  /** The size of the pieces in bytes; 0 sends one piece. */
  readonly pieceBytes: number
  readonly ending: (typeof endings)[number]
  /** Whether the client reads the response. */
  readonly reads: boolean
}

export const drawRaw = (random: Random): RawRequest => ({
  bytes: Buffer.from(random.pick(texts)(random), 'latin1'),
  pieceBytes: random.chance(0.2) ? 1 + random.below(50) : 0,
  ending: random.pick(endings),
  reads: random.chance(0.9),
})
