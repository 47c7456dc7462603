/** After a restore, the service receives its own events again. It stores the state, and publishes nothing. */
import { aMessage } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Payment } from '../../src/domain/payment.ts'
import * as restore from '../../src/reactions/restore.ts'
import * as given from '../payments.ts'
import { money, orderId } from '../payments.ts'

const published = {
  processed: aMessage('PaymentProcessed', { ...money, gatewayReference: 'sim_1' }),
  declined: aMessage('PaymentDeclined', { ...money, code: 'generic_decline', category: 'refused' }),
  voided: aMessage('PaymentVoided', { orderId }),
  refunded: aMessage('PaymentRefunded', { ...money, gatewayReference: 'sim_1' }),
  refundedByHand: aMessage('PaymentRefunded', { ...money, gatewayReference: 'bank-transfer-7' }),
  refundFailed: aMessage('PaymentRefundFailed', { ...money, code: 'card_gone' }),
}

const paid = [given.captured, given.refunding, given.refundFailed, given.refunded, given.refundedByHand]

describe('PaymentProcessed', () => {
  const react = (payment: Payment | undefined) => restore.paymentProcessed(payment, published.processed, noon)

  it('without a payment, stores the capture', () => {
    expect(react(undefined)).toEqual({ state: { ...given.captured, attempts: 0 } })
  })

  it.each([given.pending, given.declined])('given a payment that is $status, stores the capture', (payment) => {
    expect(react(payment)).toEqual({ state: given.captured })
  })

  it.each([given.cancelling, given.voided])(
    'given a payment that is $status, stores that a refund was requested',
    (payment) => {
      expect(react(payment)).toEqual({ state: given.refunding })
    },
  )

  it.each(paid)('given a payment that is $status, does nothing', (payment) => expect(react(payment)).toEqual({}))
})

describe('PaymentDeclined', () => {
  const react = (payment: Payment | undefined) => restore.paymentDeclined(payment, published.declined, noon)

  const unknownCharge = { gatewayReference: null, attempts: 0 }

  it.each([given.notBegun, undefined])('given a pending charge or no payment, stores the decline (%#)', (payment) => {
    expect(react(payment)).toEqual({ state: { ...given.declined, ...unknownCharge } })
  })

  it('given a cancelled order, stores the decline and the cancellation', () => {
    expect(react(given.tombstone)).toEqual({ state: { ...given.declinedAndCancelled, ...unknownCharge } })
  })

  it.each([given.declined, given.voided, ...paid])('given a payment that is $status, does nothing', (payment) => {
    expect(react(payment)).toEqual({})
  })
})

describe('PaymentVoided', () => {
  const react = (payment: Payment | undefined) => restore.paymentVoided(payment, published.voided, noon)

  it('given an unanswered cancellation, stores the void', () => {
    expect(react(given.cancelling)).toEqual({ state: given.voided })
  })

  it.each([given.declined, given.declinedAndCancelled])('given a decline, stores the void (%#)', (payment) => {
    expect(react(payment)).toEqual({ state: given.voided })
  })

  it.each([given.pending, given.voided, ...paid, undefined])('otherwise does nothing (%#)', (payment) => {
    expect(react(payment)).toEqual({})
  })
})

describe('PaymentRefunded', () => {
  const react = (payment: Payment | undefined, message = published.refunded) =>
    restore.paymentRefunded(payment, message, noon)

  it.each([given.captured, given.refunding, given.refundFailed])(
    'given a payment that is $status, stores the refund',
    (payment) => {
      expect(react(payment)).toEqual({ state: given.refunded })
    },
  )

  it('keeps the round of a later request', () => {
    expect(react({ ...given.refunding, round: 2 })).toEqual({ state: { ...given.refunded, round: 2 } })
  })

  it('recognizes a manual refund by its reference', () => {
    expect(react(given.refundFailed, published.refundedByHand)).toEqual({ state: given.refundedByHand })
  })

  it('of 0 has no round', () => {
    const free = { ...given.captured, amount: 0, captured: 0 }
    expect(react(free)).toEqual({ state: { ...free, status: 'refunded', round: 0, manualReference: null } })
  })

  it.each([given.refunded, given.refundedByHand])('given a stored refund, does nothing (%#)', (payment) => {
    expect(react(payment)).toEqual({})
  })

  it.each([given.pending, given.voided, undefined])('given no capture, throws (%#)', (payment) => {
    expect(() => react(payment)).toThrow(/no capture of it is known\. .+ run npm run reconcile/)
  })
})

describe('PaymentRefundFailed', () => {
  const react = (payment: Payment | undefined) => restore.paymentRefundFailed(payment, published.refundFailed, noon)

  it.each([given.captured, given.refunding])('given a payment that is $status, stores the refusal', (payment) => {
    expect(react(payment)).toEqual({ state: given.refundFailed })
  })

  it('given a later round, changes nothing', () => {
    expect(react({ ...given.refunding, round: 2 })).toEqual({})
    expect(react(given.refundFailed)).toEqual({})
    expect(react(given.refunded)).toEqual({})
  })

  it('given no capture, throws', () => {
    expect(() => react(undefined)).toThrow(/no capture of it is known\. .+ run npm run reconcile/)
  })
})
