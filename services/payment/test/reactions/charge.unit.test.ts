import { draft } from '@quadrille/events'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Payment } from '../../src/domain/payment.ts'
import { chargeDeclined, chargeSucceeded, orderPlaced } from '../../src/reactions/charge.ts'
import * as given from '../payments.ts'
import { atGateway, messages, money, orderId } from '../payments.ts'

const processed = draft('PaymentProcessed', { ...money, gatewayReference: 'sim_1' })

describe('OrderPlaced', () => {
  const react = (payment: Payment | undefined, message = messages.placed) => orderPlaced(payment, message, noon)

  it.each([money.amount, 1])('without a payment, for a total of %i, requests the charge', (amount) => {
    const placed = aMessage('OrderPlaced', { ...messages.placed.data, total: amount })
    const { expiresAt } = messages.placed.data
    expect(react(undefined, placed)).toEqual({
      state: { ...given.notBegun, amount },
      tasks: [draft('Charge', { ...money, amount, method: 'pm_card_visa', expiresAt })],
    })
  })

  it('for a total of 0, captures without a call to the gateway', () => {
    const free = aMessage('OrderPlaced', { ...aPlacedOrder(orderId), total: 0 })
    expect(react(undefined, free)).toEqual({
      state: { ...given.notBegun, status: 'captured', amount: 0, captured: 0, gatewayReference: 'none' },
      events: [draft('PaymentProcessed', { ...money, amount: 0, gatewayReference: 'none' })],
    })
  })

  it.each([
    given.pending,
    given.cancelling,
    given.captured,
    given.declined,
    given.tombstone,
    given.refunding,
    given.refunded,
    given.refundFailed,
  ])('given a payment that is $status, does nothing', (payment) => {
    expect(react(payment)).toEqual({})
  })
})

describe('ChargeSucceeded', () => {
  const react = (payment: Payment | undefined, message = messages.chargeSucceeded) =>
    chargeSucceeded(payment, message, noon)

  it.each([given.pending, given.declined])(
    'given a payment that is $status, stores and publishes the capture',
    (payment) => {
      expect(react(payment)).toEqual({ state: given.captured, events: [processed] })
    },
  )

  it('stores and publishes the amount and the currency that the gateway has captured', () => {
    const other = { ...money, amount: 4_400, currency: 'USD' }
    const message = aMessage('ChargeSucceeded', { ...other, gatewayReference: 'sim_1' })
    expect(react(given.pending, message)).toEqual({
      state: { ...given.captured, captured: 4_400, currency: 'USD' },
      events: [draft('PaymentProcessed', { ...other, gatewayReference: 'sim_1' })],
    })
  })

  it('without a payment, stores and publishes the capture', () => {
    expect(react(undefined)).toEqual({ state: { ...given.captured, attempts: 0 }, events: [processed] })
  })

  it.each([given.cancelling, given.voided, given.tombstone, given.declinedAndCancelled])(
    'given a cancelled order and a payment that is $status, publishes and refunds the capture',
    (payment) => {
      expect(react(payment)).toEqual({
        state: { ...given.refunding, attempts: payment.attempts },
        events: [processed],
        tasks: [draft('Refund', { ...money, gatewayReference: 'sim_1', round: 1 })],
      })
    },
  )

  it.each([given.captured, given.refunding, given.refundFailed, given.refunded, given.refundedByHand])(
    'given a payment that is $status, does nothing, because the capture is stored',
    (payment) => {
      expect(react(payment)).toEqual({})
    },
  )

  it('given a capture under another reference, throws', () => {
    const again = aMessage('ChargeSucceeded', { ...money, gatewayReference: 'sim_2' })
    expect(() => react(given.captured, again)).toThrow(
      /captured as sim_1, and .+ second capture, sim_2\. Refund sim_2 at the gateway/,
    )
  })
})

describe('ChargeDeclined', () => {
  const react = (payment: Payment | undefined, code = 'generic_decline') =>
    chargeDeclined(payment, aMessage('ChargeDeclined', { ...atGateway, code }), noon)

  it.each([
    ['generic_decline', 'refused'],
    ['insufficient_funds', 'insufficient_funds'],
  ] as const)('given a pending payment, publishes %s as %s', (code, category) => {
    expect(react(given.notBegun, code)).toEqual({
      state: { ...given.declined, attempts: 0, code },
      events: [draft('PaymentDeclined', { ...money, code, category })],
    })
  })

  it.each([given.pending, given.notBegun])(
    'without a payment intent, keeps the reference $gatewayReference of the payment',
    (payment) => {
      const message = aMessage('ChargeDeclined', { orderId, gatewayReference: 'none', code: 'amount_too_small' })
      const declined = { ...payment, status: 'declined', cancelled: false, code: 'amount_too_small' }
      expect(chargeDeclined(payment, message, noon)).toMatchObject({ state: declined })
    },
  )

  it('given an order that was cancelled meanwhile, publishes nothing, because CancelCharge answers', () => {
    expect(react(given.cancelling)).toEqual({})
  })

  it.each([
    given.captured,
    given.declined,
    given.declinedAndCancelled,
    given.voided,
    given.refunding,
    given.refundFailed,
    given.refunded,
    undefined,
  ])('late or repeated, does nothing (%#)', (payment) => {
    expect(react(payment)).toEqual({})
  })
})
