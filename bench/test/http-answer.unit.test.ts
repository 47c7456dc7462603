import { expect, test } from 'vitest'
import { parseAnswer } from '../src/load/http-answer.ts'

const withLength = 'HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\n{"id":"a"}'
const chunked =
  'HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"id\r\n6\r\n":"a"}\r\n0\r\n\r\n'

test('reads a body with a length, and one in chunks', () => {
  expect(parseAnswer(withLength)).toEqual({
    status: 202,
    body: '{"id":"a"}',
    hasRetryAfter: false,
    closesConnection: false,
  })
  expect(parseAnswer(chunked)).toEqual({ status: 503, body: '{"id":"a"}', hasRetryAfter: true, closesConnection: true })
})

test.each([withLength, chunked])('waits for the rest of %j', (text) => {
  for (let length = 0; length < text.length; length += 1) expect(parseAnswer(text.slice(0, length))).toBeNull()
})

test('a body without a length is an error', () => {
  expect(() => parseAnswer('HTTP/1.1 202 Accepted\r\n\r\n')).toThrow('neither a Content-Length nor chunks')
})
