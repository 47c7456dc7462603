import { expect, test } from 'vitest'
import { type FuzzResponse, faultOf, faultOfNoResponse } from '../src/judge.ts'

const problem = { 'content-type': 'application/problem+json; charset=utf-8', 'x-content-type-options': 'nosniff' }
const error: FuzzResponse = { status: 422, headers: problem, bytes: 300, tookMs: 5 }

test.each<[string, Partial<FuzzResponse>, string]>([
  ['a 500', { status: 500 }, 'a server error (500)'],
  ['a 502', { status: 502 }, 'a server error (502)'],
  ['a 503 without Retry-After', { status: 503 }, '503 without Retry-After'],
  ['a 429 without Retry-After', { status: 429 }, '429 without Retry-After'],
  ['a large error response', { bytes: 65_537 }, 'an error response of 65537 bytes'],
  ['a slow response', { tookMs: 10_001 }, 'a response after 10001 ms'],
  [
    'an HTML page in place of a problem document',
    { headers: { ...problem, 'content-type': 'text/html' } },
    'an error response of the type text/html',
  ],
  [
    'a response without security headers',
    { headers: { 'content-type': problem['content-type'] } },
    'a response without security headers',
  ],
])('%s is a fault', (_, change, fault) => {
  expect(faultOf({ ...error, ...change })).toBe(fault)
})

test.each<[string, Partial<FuzzResponse>]>([
  ['an error response', {}],
  ['a successful response of any size', { status: 200, bytes: 1_000_000 }],
  ['a 503 with Retry-After', { status: 503, headers: { ...problem, 'retry-after': '1' } }],
  [
    'the response of a probe that the service is not ready',
    { status: 503, headers: { ...problem, 'content-type': 'application/json; charset=utf-8' } },
  ],
  ['an error response by Node itself', { status: 431, headers: {} }],
])('%s is not a fault', (_, change) => {
  expect(faultOf({ ...error, ...change })).toBeUndefined()
})

test.each([
  ['of an allowed size', { body: '{}' }, 'ECONNRESET', 'ECONNRESET'],
  ['of an allowed size, which was never answered', { body: '{}' }, 'NO_RESPONSE', 'NO_RESPONSE'],
  ['with a body that is too large', { body: 'x'.repeat(300_000) }, 'EPIPE', undefined],
  ['with a header that is too large', { headers: { 'x-long': 'x'.repeat(20_000) } }, 'ECONNRESET', undefined],
  ['with a long body', { body: 'x'.repeat(70_000) }, 'ECONNRESET', undefined],
  ['with a body that is too large, which was upgraded', { body: 'x'.repeat(300_000) }, 'UPGRADED_101', 'UPGRADED_101'],
  ['that cannot be sent', { path: '/ ' }, 'ERR_UNESCAPED_CHARACTERS', undefined],
] as const)('no response to a request %s', (_, request, code, fault) => {
  const valid = { service: 'order', method: 'POST', path: '/orders', headers: {}, body: '' } as const
  expect(faultOfNoResponse(code, { ...valid, ...request })).toBe(fault)
})

test.each([
  [400, undefined],
  [431, undefined],
  [204, undefined],
  [404, 'an error response without a body (404)'],
  [503, 'an error response without a body (503)'],
])('only Node itself answers an error without a body: %i', (status, fault) => {
  expect(faultOf({ status, headers: {}, bytes: 0, tookMs: 5 })).toBe(fault)
})
