import { expect, test } from 'vitest'
import { traceOf } from '../src/page/views/order/trace-of.ts'

const id = '0af7651916cd43dd8448eb211c80319c'
const traceparent = (flags: string) => `00-${id}-b7ad6b7169203331-${flags}`

test.each([
  [[{ traceparent: traceparent('01') }], { id, isSampled: true }],
  [[{ traceparent: traceparent('03') }], { id, isSampled: true }],
  [[{ traceparent: traceparent('00') }], { id, isSampled: false }],
  [[{}, { traceparent: traceparent('01') }], { id, isSampled: true }],
  [[{}], undefined],
  [[], undefined],
])('of %o it is %o', (events, trace) => {
  expect(traceOf(events)).toEqual(trace)
})
