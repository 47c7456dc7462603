/** What payment has said itself, and is told again after its database was restored: it books it, and says and does nothing. */
import { aMessage } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Payment } from '../../src/domain/payment.ts'
import { recalled } from '../../src/reactions/recalled.ts'
import * as given from '../payments.ts'
import { money, orderId } from '../payments.ts'

const said = {
  processed: aMessage('PaymentProcessed', { ...money, gatewayReference: 'sim_1' }),
  declined: aMessage('PaymentDeclined', { ...money, code: 'generic_decline', category: 'refused' }),
  voided: aMessage('PaymentVoided', { orderId }),
  refunded: aMessage('PaymentRefunded', { ...money, gatewayReference: 'sim_1' }),
  refundedByHand: aMessage('PaymentRefunded', { ...money, gatewayReference: 'bank-transfer-7' }),
  refundFailed: aMessage('PaymentRefundFailed', { ...money, code: 'card_gone' }),
}

const paid = [given.captured, given.refunding, given.refundFailed, given.refunded, given.refundedByHand]

describe('PaymentProcessed', () => {
  const react = (payment: Payment | undefined) => recalled.PaymentProcessed(payment, said.processed, noon)

  it('given nothing, books the capture', () => {
    expect(react(undefined)).toEqual({ state: { ...given.captured, attempts: 0 } })
  })

  it.each([given.pending, given.declined])('given a payment that is $status, books the capture', (payment) => {
    expect(react(payment)).toEqual({ state: given.captured })
  })

  it.each([given.cancelling, given.voided])(
    'given one that is $status, books that it is on its way back',
    (payment) => {
      expect(react(payment)).toEqual({ state: given.refunding })
    },
  )

  it.each(paid)('given one that is $status, does nothing', (payment) => expect(react(payment)).toEqual({}))
})

describe('PaymentDeclined', () => {
  const react = (payment: Payment | undefined) => recalled.PaymentDeclined(payment, said.declined, noon)

  it.each([given.notBegun, given.tombstone, undefined])(
    'given an open charge or none, books the decline (%#)',
    (payment) => {
      const expected = { ...given.declinedAndCancelled, gatewayReference: null, attempts: 0 }
      expect(react(payment)).toEqual({ state: expected })
    },
  )

  it.each([given.declined, given.voided, ...paid])('given one that is $status, does nothing', (payment) => {
    expect(react(payment)).toEqual({})
  })
})

describe('PaymentVoided', () => {
  const react = (payment: Payment | undefined) => recalled.PaymentVoided(payment, said.voided, noon)

  it('given a cancellation without an answer, books the answer', () => {
    expect(react(given.cancelling)).toEqual({ state: given.voided })
  })

  it.each([given.pending, given.declined, given.voided, ...paid, undefined])('else does nothing (%#)', (payment) => {
    expect(react(payment)).toEqual({})
  })
})

describe('PaymentRefunded', () => {
  const react = (payment: Payment | undefined, message = said.refunded) =>
    recalled.PaymentRefunded(payment, message, noon)

  it.each([given.captured, given.refunding, given.refundFailed])(
    'given one that is $status, books the refund',
    (payment) => {
      expect(react(payment)).toEqual({ state: given.refunded })
    },
  )

  it('knows one that was made by hand by its reference', () => {
    expect(react(given.refundFailed, said.refundedByHand)).toEqual({ state: given.refundedByHand })
  })

  it('of nothing takes no round', () => {
    const free = { ...given.captured, amount: 0, captured: 0 }
    expect(react(free)).toEqual({ state: { ...free, status: 'refunded', round: 0, manualReference: null } })
  })

  it.each([given.refunded, given.refundedByHand])('given one that is booked, does nothing (%#)', (payment) => {
    expect(react(payment)).toEqual({})
  })

  it.each([given.pending, given.voided, undefined])('given no capture, is a fault (%#)', (payment) => {
    expect(() => react(payment)).toThrow(/no capture of it is known/)
  })
})

describe('PaymentRefundFailed', () => {
  const react = (payment: Payment | undefined) => recalled.PaymentRefundFailed(payment, said.refundFailed, noon)

  it.each([given.captured, given.refunding])('given one that is $status, books the refusal', (payment) => {
    expect(react(payment)).toEqual({ state: given.refundFailed })
  })

  it('given a later round, leaves it alone', () => {
    expect(react({ ...given.refunding, round: 2 })).toEqual({})
    expect(react(given.refundFailed)).toEqual({})
    expect(react(given.refunded)).toEqual({})
  })

  it('given no capture, is a fault', () => {
    expect(() => react(undefined)).toThrow(/no capture of it is known/)
  })
})
