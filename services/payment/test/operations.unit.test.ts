import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { finishProcessing, type Intent, storedAnswer, withAnswer } from '../src/gateway/simulated/intent.ts'
import { cancel, confirm, read, refund } from '../src/gateway/simulated/operations.ts'

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
  ])('declines %s permanently with the code %s', (method, code) => {
    const { intent: declined, answer } = confirm(method)(intent, noon)
    expect(answer).toEqual({ status: 'declined', reference: 'sim_1', code })
    expect(confirm('pm_card_visa')(declined, noon)).toEqual({ intent: declined, answer })
  })

  it('captures with a lost response', () => {
    const done = confirm('pm_sim_timeout_then_charged')(intent, noon)
    expect(done).toMatchObject({ lost: true, intent: { captureCount: 1 } })
  })

  it('does not change a cancelled object', () => {
    const cancelled = cancel(intent, noon).intent
    expect(confirm('pm_card_visa')(cancelled, noon)).toMatchObject({
      intent: cancelled,
      answer: { status: 'cancelled' },
    })
  })

  it('always fails for pm_sim_down', () => {
    const tried = { ...intent, confirmations: 1_000 }
    expect(confirm('pm_sim_down')(tried, noon).answer).toEqual({ status: 'failed' })
  })
})

describe('a confirmation that is processed for two seconds', () => {
  it('cannot be cancelled, refunded or repeated while it is processed', () => {
    expect(processing).toMatchObject({ status: 'processing', dueAt: noonPlus(2_000), captured: 0 })
    expect(cancel(processing, noon).answer.status).toBe('processing')
    expect(refund(processing, noon).answer).toEqual({ status: 'refused', code: 'not_captured' })
    expect(confirm('pm_card_visa')(processing, noon).intent).toBe(processing)
    expect(finishProcessing(processing, noonPlus(1_999))).toBe(processing)
  })

  it('is captured afterwards', () => {
    const settled = finishProcessing(processing, noonPlus(2_000))
    expect(settled).toMatchObject({ status: 'captured', captured: 4_500, captureCount: 1 })
    expect(finishProcessing(settled, noonPlus(9_000))).toBe(settled)
    expect(read(settled, noon).answer).toMatchObject({ status: 'captured', amount: 4_500 })
  })
})

describe('refund', () => {
  it('refunds the captured amount once', () => {
    const done = refund(captured, noon)
    expect(done).toMatchObject({ answer: { status: 'refunded' }, intent: { refunded: 4_500, refundCount: 1 } })
    expect(refund(done.intent, noon)).toEqual(done)
  })

  it('is refused for pm_card_refundFail', () => {
    const refused = confirm('pm_card_refundFail')(intent, noon).intent
    const answer = { status: 'refused', code: 'expired_or_canceled_card' }
    expect(refund(refused, noon)).toEqual({ intent: refused, answer })
  })
})

describe('an idempotency key', () => {
  it('is kept for 24 hours, and then deleted', () => {
    const first = withAnswer(intent, 'a', { answer: { status: 'failed' }, now: noon })
    expect(storedAnswer(first, 'a', noonPlus(86_399_999))).toEqual({ status: 'failed' })
    expect(storedAnswer(first, 'a', noonPlus(86_400_000))).toBeUndefined()
    expect(storedAnswer(first, 'b', noon)).toBeUndefined()
    const second = withAnswer(first, 'b', { answer: { status: 'refunded' }, now: noonPlus(86_400_000) })
    expect(Object.keys(second.answers)).toEqual(['b'])
  })
})
