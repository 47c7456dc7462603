import { expect, test } from 'vitest'
import { isUnrecorded, traceOfRequest } from '../../src/telemetry/trace-context.ts'

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`

test('the trace of a caller is continued, with a tracestate of at most 512 characters', () => {
  const short = 'vendor=state'
  expect(traceOfRequest({ traceparent, tracestate: short })).toEqual({ traceparent, tracestate: short })
  for (const members of [3, 10]) {
    const long = Array.from({ length: members }, (_, index) => `vendor${index}=${'x'.repeat(200)}`).join(',')
    const passedOn = traceOfRequest({ traceparent, tracestate: long }).tracestate ?? ''
    expect(passedOn.length).toBeLessThanOrEqual(512) // it travels with every event of the parcel
  }
})

test('a request without a trace context has an empty one', () => {
  expect(traceOfRequest({ traceparent: undefined, tracestate: undefined })).toEqual({})
})

test.each([
  ['00', true],
  ['01', false],
  ['02', true], // only the random flag
  ['03', false],
  ['fe', true],
  ['00-later', false], // not valid in version 00
])('a trace with the flags %s is unrecorded: %s', (flags, expected) => {
  expect(isUnrecorded(traceparent.replace(/01$/, flags))).toBe(expected)
})

const zeros = '0'.repeat(32)

test.each([
  ...[undefined, '', 'none', traceparent.slice(0, -1)],
  ...[
    `00-${zeros}-${'b'.repeat(16)}-00`,
    `00-${'a'.repeat(32)}-${zeros.slice(16)}-00`,
    `ff${traceparent.slice(2, -1)}0`,
  ],
])('%s belongs to no trace that is unrecorded', (value) => {
  expect(isUnrecorded(value)).toBe(false)
})
