import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { answerTo, type Intent, settle, withAnswer } from '../src/gateway/simulated/intent.ts'
import { cancel, confirm, look, refund } from '../src/gateway/simulated/operations.ts'

const intent: Intent = {
  reference: 'sim_1',
  orderId: '0198b0a4-7a3c-7000-8000-000000000001',
  amount: 4_500,
  currency: 'EUR',
  status: 'unconfirmed',
  method: null,
  declineCode: null,
  confirmations: 0,
  dueAt: null,
  captured: 0,
  refunded: 0,
  captureCount: 0,
  refundCount: 0,
  answers: {},
}
const noonPlus = (ms: number) => new Date(noon.getTime() + ms)
const captured = confirm('pm_card_visa')(intent, noon).intent
const processing = confirm('pm_sim_slow')(intent, noon).intent

describe('confirm', () => {
  it('captures once', () => {
    expect(captured).toMatchObject({ status: 'captured', captured: 4_500, captureCount: 1 })
    expect(confirm('pm_card_visa')(captured, noon)).toEqual({
      intent: captured,
      answer: { status: 'captured', reference: 'sim_1', amount: 4_500, currency: 'EUR' },
    })
  })

  it.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_nobody_knows', 'unknown_method'],
  ])('by %s is declined permanently, as %s', (method, code) => {
    const { intent: declined, answer } = confirm(method)(intent, noon)
    expect(answer).toEqual({ status: 'declined', reference: 'sim_1', code })
    expect(confirm('pm_card_visa')(declined, noon)).toEqual({ intent: declined, answer })
  })

  it('captures, and loses the answer', () => {
    const done = confirm('pm_sim_timeout_then_charged')(intent, noon)
    expect(done).toMatchObject({ lost: true, intent: { captureCount: 1 } })
  })

  it('does nothing to a cancelled object', () => {
    const cancelled = cancel(intent, noon).intent
    expect(confirm('pm_card_visa')(cancelled, noon)).toMatchObject({
      intent: cancelled,
      answer: { status: 'cancelled' },
    })
  })

  it('by pm_sim_down always fails', () => {
    const tried = { ...intent, confirmations: 1_000 }
    expect(confirm('pm_sim_down')(tried, noon).answer).toEqual({ status: 'failed' })
  })
})

describe('a confirmation that takes two seconds', () => {
  it('can be neither cancelled, nor refunded, nor repeated until it is over', () => {
    expect(processing).toMatchObject({ status: 'processing', dueAt: noonPlus(2_000), captured: 0 })
    expect(cancel(processing, noon).answer.status).toBe('processing')
    expect(refund(processing, noon).answer).toEqual({ status: 'refused', code: 'not_captured' })
    expect(confirm('pm_card_visa')(processing, noon).intent).toBe(processing)
    expect(settle(processing, noonPlus(1_999))).toBe(processing)
  })

  it('then is captured, whatever the next call', () => {
    const settled = settle(processing, noonPlus(2_000))
    expect(settled).toMatchObject({ status: 'captured', captured: 4_500, captureCount: 1 })
    expect(settle(settled, noonPlus(9_000))).toBe(settled)
    expect(look(settled, noon).answer).toMatchObject({ status: 'captured', amount: 4_500 })
  })
})

describe('refund', () => {
  it('refunds everything, once', () => {
    const done = refund(captured, noon)
    expect(done).toMatchObject({ answer: { status: 'refunded' }, intent: { refunded: 4_500, refundCount: 1 } })
    expect(refund(done.intent, noon)).toEqual(done)
  })

  it('of pm_card_refundFail is refused', () => {
    const refused = confirm('pm_card_refundFail')(intent, noon).intent
    const answer = { status: 'refused', code: 'expired_or_canceled_card' }
    expect(refund(refused, noon)).toEqual({ intent: refused, answer })
  })
})

describe('an idempotency key', () => {
  it('is kept for 24 hours, and then makes room for others', () => {
    const first = withAnswer(intent, 'a', { answer: { status: 'failed' }, now: noon })
    expect(answerTo(first, 'a', noonPlus(86_399_999))).toEqual({ status: 'failed' })
    expect(answerTo(first, 'a', noonPlus(86_400_000))).toBeUndefined()
    expect(answerTo(first, 'b', noon)).toBeUndefined()
    const second = withAnswer(first, 'b', { answer: { status: 'refunded' }, now: noonPlus(86_400_000) })
    expect(Object.keys(second.answers)).toEqual(['b'])
  })
})
