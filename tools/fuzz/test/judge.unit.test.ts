import { expect, test } from 'vitest'
import { type FuzzAnswer, faultOf } from '../src/judge.ts'

const problem = { 'content-type': 'application/problem+json; charset=utf-8', 'x-content-type-options': 'nosniff' }
const refusal: FuzzAnswer = { status: 422, headers: problem, bytes: 300, tookMs: 5 }

test.each<[string, Partial<FuzzAnswer>, string]>([
  ['a fault', { status: 500 }, 'an error of the service (500)'],
  ['a status that is never intended', { status: 502 }, 'an error of the service (502)'],
  ['a refusal without Retry-After', { status: 503 }, 'no Retry-After'],
  ['the same with 429', { status: 429 }, 'no Retry-After'],
  ['a large refusal', { bytes: 65_537 }, 'a refusal of 65537 bytes'],
  ['a slow answer', { tookMs: 10_001 }, '10001 ms'],
  [
    'a page in place of a problem',
    { headers: { ...problem, 'content-type': 'text/html' } },
    'a refusal of the type text/html',
  ],
  ['missing headers', { headers: { 'content-type': problem['content-type'] } }, 'without the usual headers'],
])('%s is a fault', (_, change, fault) => {
  expect(faultOf({ ...refusal, ...change })).toBe(fault)
})

test.each<[string, Partial<FuzzAnswer>]>([
  ['a refusal', {}],
  ['an answer of any size', { status: 200, bytes: 1_000_000 }],
  ['a 503 that says when to come back', { status: 503, headers: { ...problem, 'retry-after': '1' } }],
  [
    'an answer of a probe that the service is not ready',
    { status: 503, headers: { ...problem, 'content-type': 'application/json; charset=utf-8' } },
  ],
  ['a refusal by Node itself', { status: 431, headers: {} }],
])('%s is not a fault', (_, change) => {
  expect(faultOf({ ...refusal, ...change })).toBeUndefined()
})
