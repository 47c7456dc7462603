import { expect, test } from 'vitest'
import { traceOfRequest } from '../../src/telemetry/trace-context.ts'

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
