import { expect, test } from 'vitest'
import { ApiError } from '../src/page/api/client.ts'
import { timeOf } from '../src/page/format.ts'
import { refundAdvice, refundSentence } from '../src/page/views/stuck/refund-sentence.ts'

const at = '2026-11-28T10:22:45.300Z'
const refusal = { code: 'expired_or_canceled_card', at }
const sentenceOf = (payment: Parameters<typeof refundAdvice>[0]) => refundSentence({ body: payment, error: undefined })
const refund = { attempts: 1, refusal: null, refusals: [], manualReference: null }

test('a refusal is shown with its reason and time', () => {
  expect(sentenceOf({ status: 'refund_failed', refund: { ...refund, refusal } })).toBe(
    `The gateway refused the refund: expired or canceled card (${timeOf(at)}, attempt 1).`,
  )
})

test('a retry is shown until the gateway has answered, and then its answer', () => {
  const second = { ...refund, attempts: 2 }
  expect(sentenceOf({ status: 'refunding', refund: second })).toBe(
    'The refund was requested again, attempt 2. The gateway has not answered yet.',
  )
  expect(sentenceOf({ status: 'refund_failed', refund: { ...second, refusal } })).toBe(
    `The gateway refused the refund again: expired or canceled card (${timeOf(at)}, attempt 2).`,
  )
  expect(sentenceOf({ status: 'refunded', refund: second })).toBe('The gateway has made the refund.')
})

test('a refund by hand is shown with its proof', () => {
  expect(sentenceOf({ status: 'refunded', refund: { ...refund, manualReference: 'transfer 7' } })).toBe(
    'The refund was recorded as made by hand: transfer 7.',
  )
})

test('as long as the payment was not read, or can’t be read any more, no refund by hand is suggested', () => {
  expect(sentenceOf(undefined)).toBe('The gateway refused the refund. Reading whether it was requested again…')
  const error = new ApiError('The payment service does not answer (ECONNREFUSED).', { status: 503 })
  expect(refundSentence({ body: { status: 'refund_failed', refund: { ...refund, refusal } }, error })).toBe(
    'The gateway refused the refund, and it may have been requested again. Do not refund by hand before the payment can be read. The payment service does not answer (ECONNREFUSED).',
  )
  expect(refundAdvice(undefined)).toBeNull()
})

test('a retry is advised against while the reason holds, with the number of refusals', () => {
  const refused = (attempts: number) => refundAdvice({ status: 'refund_failed', refund: { ...refund, attempts } })
  expect(refused(1)).toMatch(/^A retry helps only if the reason is gone\./)
  expect(refused(2)).toMatch(/^The gateway has refused it twice\. A retry helps/)
  expect(refused(3)).toMatch(/^The gateway has refused it 3 times\. /)
  expect(refundAdvice({ status: 'refunding', refund })).toBeNull()
})
