import { draft } from '@quadrille/events'
import { aMessage } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Payment } from '../../src/domain/payment.ts'
import { orderCancelled } from '../../src/reactions/cancellation.ts'
import { refundRefused, refundRequested, refundSucceeded } from '../../src/reactions/refund.ts'
import * as given from '../payments.ts'
import { atGateway, messages, money, orderId } from '../payments.ts'

it('a refund is of the amount that the gateway has captured, even if it is not that of the order', () => {
  const refund = { ...money, amount: 4_400 }
  const { state, tasks } = orderCancelled({ ...given.captured, captured: 4_400 }, messages.cancelled, noon)
  expect(tasks).toEqual([draft('Refund', { ...refund, gatewayReference: 'sim_1', round: 1 })])
  const { events: made } = refundSucceeded(state, messages.refundSucceeded, noon)
  expect(made).toEqual([draft('PaymentRefunded', { ...refund, gatewayReference: 'sim_1' })])
  const { events: refused } = refundRefused(state, messages.refundRefused, noon)
  expect(refused).toEqual([draft('PaymentRefundFailed', { ...refund, code: 'card_gone' })])
})

describe('RefundSucceeded', () => {
  const react = (payment: Payment | undefined, message = messages.refundSucceeded) =>
    refundSucceeded(payment, message, noon)

  it('of a round that a restored database lacks, stores that round', () => {
    const later = aMessage('RefundSucceeded', { ...atGateway, round: 2 })
    expect(react(given.refundFailed, later).state).toEqual({ ...given.refunded, round: 2 })
  })

  it.each([
    [given.refunding, 1],
    [given.refundFailed, 1],
    [{ ...given.refunding, round: 2 }, 2],
    [given.captured, 1],
  ])('given a payment that is $status, publishes the refund, and keeps the last round (%#)', (payment, round) => {
    expect(react(payment)).toEqual({
      state: { ...given.refunded, round },
      events: [draft('PaymentRefunded', { ...money, gatewayReference: 'sim_1' })],
      tasks: [],
    })
  })

  it.each([given.refunded, given.refundedByHand])('given a stored refund, does nothing (%#)', (payment) => {
    expect(react(payment)).toEqual({})
  })

  it.each([undefined, given.pending, given.voided])('given no capture, throws (%#)', (payment) => {
    expect(() => react(payment)).toThrow(/no capture of it is known\. .+ run npm run reconcile/)
  })
})

describe('RefundRefused', () => {
  const refusal = (round: number, code = 'card_gone') => aMessage('RefundRefused', { ...atGateway, round, code })
  const react = (payment: Payment | undefined, message = refusal(1)) => refundRefused(payment, message, noon)

  it('in the first round, publishes that an operator must act', () => {
    expect(react(given.refunding)).toEqual({
      state: given.refundFailed,
      events: [draft('PaymentRefundFailed', { ...money, code: 'card_gone' })],
    })
  })

  it('in a later round, publishes nothing, because the event was published in the first round', () => {
    expect(react({ ...given.refunding, round: 2 }, refusal(2, 'still_gone'))).toEqual({
      state: { ...given.refundFailed, round: 2, code: 'still_gone' },
      events: [],
    })
  })

  it('from an earlier round, does nothing', () => {
    expect(react({ ...given.refunding, round: 2 }, refusal(1))).toEqual({})
  })

  it.each([given.refundFailed, given.refunded, given.refundedByHand])(
    'if late or a duplicate, does nothing (%#)',
    (payment) => {
      expect(react(payment)).toEqual({})
    },
  )

  it.each([given.refunding, given.refundFailed])(
    'given a database that lacks the request for its round, throws (%#)',
    (payment) => {
      expect(() => react(payment, refusal(2))).toThrow('no request for it is known. Request the refund again.')
    },
  )

  it('in a later round, given a refund that was made, does nothing', () => {
    expect(react(given.refundedByHand, refusal(2))).toEqual({})
  })

  it.each([given.captured, given.pending, given.cancelling, given.voided, given.declined, undefined])(
    'given a restored database without the refund, throws (%#)',
    (payment) => {
      expect(() => react(payment)).toThrow(/no request for it is known\. .+ run npm run reconcile/)
    },
  )
})

describe('RefundRequested', () => {
  const react = (payment: Payment | undefined, message = messages.refundRequested) =>
    refundRequested(payment, message, noon)

  it('given a refused refund, starts the next round', () => {
    expect(react(given.refundFailed)).toEqual({
      state: { ...given.refunding, round: 2 },
      events: [],
      tasks: [draft('Refund', { ...money, gatewayReference: 'sim_1', round: 2 })],
    })
  })

  it('given a refused refund that was made by hand, publishes it with the manual reference', () => {
    expect(react(given.refundFailed, messages.refundedByHand)).toEqual({
      state: given.refundedByHand,
      events: [draft('PaymentRefunded', { ...money, gatewayReference: 'bank-transfer-7' })],
      tasks: [],
    })
  })

  it('for a round that has begun, does nothing', () => {
    expect(react({ ...given.refundFailed, round: 2 })).toEqual({})
    expect(react(given.refundFailed, aMessage('RefundRequested', { orderId, round: 3 }))).toEqual({})
  })

  it.each([
    given.pending,
    given.cancelling,
    given.captured,
    given.declined,
    given.voided,
    given.refunding,
    given.refunded,
    given.refundedByHand,
    undefined,
  ])('given no refused refund, does nothing (%#)', (payment) => {
    expect(react(payment)).toEqual({})
    expect(react(payment, messages.refundedByHand)).toEqual({})
  })
})
