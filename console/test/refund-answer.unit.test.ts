import { expect, test } from 'vitest'
import { refundAnswerTo } from '../src/page/shop/refund-answer.ts'

const second = (second: number) => new Date(Date.UTC(2026, 10, 28, 12, 0, second)).toISOString()
const request = { operation: 'refund_request', outcome: 'done', at: second(10) } as const
const refusals = [
  { attempt: 1, code: 'first', at: second(5) },
  { attempt: 2, code: 'second', at: second(11) },
  { attempt: 3, code: 'third', at: second(21) },
]
const refund = { attempts: 3, refusal: null, refusals, manualReference: null }
const requested = { outcome: 'requested', code: null }

test('each request is answered by the first refusal after it', () => {
  const payment = { status: 'refund_failed', refund } as const
  expect(refundAnswerTo(request, payment)).toEqual({ outcome: 'refused', code: 'second' })
  expect(refundAnswerTo({ ...request, at: second(20) }, payment)).toEqual({ outcome: 'refused', code: 'third' })
})

test('a refusal stays the answer after the refund was made, by the gateway or by hand', () => {
  for (const manualReference of [null, 'transfer 7']) {
    const payment = { status: 'refunded', refund: { ...refund, manualReference } } as const
    expect(refundAnswerTo(request, payment)).toEqual({ outcome: 'refused', code: 'second' })
  }
})

test('a request without a refusal is done only if the gateway has made the refund', () => {
  const last = { ...request, at: second(30) }
  expect(refundAnswerTo(last, { status: 'refunded', refund })).toEqual({ outcome: 'done', code: null })
  expect(refundAnswerTo(last, { status: 'refunding', refund })).toEqual(requested)
  expect(refundAnswerTo(last, undefined)).toEqual(requested)
})

test('an earlier version of the payment service sends no refusals', () => {
  const { refusals: _, ...earlier } = refund
  const payment = { status: 'refunded', refund: earlier } as unknown as Parameters<typeof refundAnswerTo>[1]
  expect(refundAnswerTo(request, payment)).toEqual({ outcome: 'done', code: null })
})

test('other operations, and a request without effect, have only their own outcome', () => {
  expect(refundAnswerTo({ ...request, operation: 'refund_record' }, undefined)).toBeUndefined()
  expect(refundAnswerTo({ ...request, outcome: 'refused' }, undefined)).toBeUndefined()
})
