import { expect, test } from 'vitest'
import { parseAnswer } from '../src/load/http-answer.ts'

const accepted = 'HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\n{"id":"a"}'
const busy = 'HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}'

test('reads a response', () => {
  expect(parseAnswer(accepted)).toEqual({
    status: 202,
    body: '{"id":"a"}',
    hasRetryAfter: false,
    closesConnection: false,
  })
  expect(parseAnswer(busy)).toEqual({ status: 503, body: '{}', hasRetryAfter: true, closesConnection: true })
})

test.each([accepted, busy])('waits for the rest of %j', (text) => {
  for (let length = 0; length < text.length; length += 1) expect(parseAnswer(text.slice(0, length))).toBeNull()
})

test('a body without a length is an error', () => {
  expect(() => parseAnswer('HTTP/1.1 202 Accepted\r\n\r\n')).toThrow('no Content-Length')
})
