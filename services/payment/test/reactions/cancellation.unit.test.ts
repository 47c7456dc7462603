import { draft } from '@quadrille/events'
import { aMessage } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Payment } from '../../src/domain/payment.ts'
import { chargeCancelled, orderCancelled } from '../../src/reactions/cancellation.ts'
import * as given from '../payments.ts'
import { messages, money, orderId } from '../payments.ts'

const paymentVoided = draft('PaymentVoided', { orderId })

describe('OrderCancelled', () => {
  const react = (payment: Payment | undefined, message = messages.cancelled) => orderCancelled(payment, message, noon)

  it.each([money.amount, 1])(
    'without a payment, for a total of %i, stores a tombstone and cancels at the gateway, because a restored table may lack a capture',
    (amount) => {
      const cancelled = aMessage('OrderCancelled', { ...messages.cancelled.data, total: amount })
      expect(react(undefined, cancelled)).toEqual({
        state: { ...given.tombstone, amount },
        tasks: [draft('CancelCharge', { ...money, amount })],
      })
    },
  )

  it('without a payment, for a total of 0, voids without a call to the gateway', () => {
    const free = aMessage('OrderCancelled', { ...messages.cancelled.data, total: 0 })
    expect(react(undefined, free)).toEqual({
      state: { ...given.tombstone, amount: 0, status: 'voided' },
      events: [paymentVoided],
    })
  })

  it.each([given.pending, given.notBegun])(
    'given a pending charge, cancels at the gateway before it answers (%#)',
    (payment) => {
      expect(react(payment)).toEqual({
        state: { ...payment, status: 'cancelling' },
        tasks: [draft('CancelCharge', money)],
      })
    },
  )

  it.each([money.amount, 1])('given a capture of %i, refunds it', (amount) => {
    expect(react({ ...given.captured, amount, captured: amount })).toEqual({
      state: { ...given.refunding, amount, captured: amount },
      events: [],
      tasks: [draft('Refund', { ...money, amount, gatewayReference: 'sim_1', round: 1 })],
    })
  })

  it('given a capture of 0, refunds it without a call to the gateway', () => {
    const free = { ...given.captured, amount: 0, captured: 0, gatewayReference: 'none' }
    expect(react(free)).toEqual({
      state: { ...free, status: 'refunded', round: 0, manualReference: null },
      events: [draft('PaymentRefunded', { ...money, amount: 0, gatewayReference: 'none' })],
      tasks: [],
    })
  })

  it('given a decline, stores the cancellation and publishes nothing', () => {
    expect(react(given.declined)).toEqual({ state: given.declinedAndCancelled })
  })

  it.each([given.cancelling, given.voided, given.tombstone, given.refunding, given.refundFailed, given.refunded])(
    'as a duplicate, given a payment that is $status, does nothing',
    (payment) => {
      expect(react(payment)).toEqual({})
    },
  )
})

describe('ChargeCancelled', () => {
  const react = (payment: Payment | undefined) => chargeCancelled(payment, messages.chargeCancelled, noon)

  it('given a cancelled order, publishes that nothing was captured', () => {
    expect(react(given.cancelling)).toEqual({ state: given.voided, events: [paymentVoided] })
  })

  it('given no reference, stores that of the payment intent which the gateway has created and cancelled', () => {
    const state = { ...given.tombstone, status: 'voided', gatewayReference: 'sim_1' }
    expect(react(given.tombstone)).toEqual({ state, events: [paymentVoided] })
  })

  it('given a cancelled order without a payment intent, stores no reference', () => {
    const message = aMessage('ChargeCancelled', { orderId, gatewayReference: 'none' })
    const state = { ...given.tombstone, status: 'voided' }
    expect(chargeCancelled(given.tombstone, message, noon)).toEqual({ state, events: [paymentVoided] })
  })

  it('given a reference that is stored, keeps it if the gateway reports no payment intent', () => {
    const message = aMessage('ChargeCancelled', { orderId, gatewayReference: 'none' })
    expect(chargeCancelled(given.cancelling, message, noon)).toEqual({ state: given.voided, events: [paymentVoided] })
  })

  it.each([given.captured, given.declined, given.voided, given.refunding, given.refundFailed, given.refunded])(
    'if late or a duplicate, does nothing (%#)',
    (payment) => {
      expect(react(payment)).toEqual({})
    },
  )

  it.each([given.pending, undefined])('given a restored database without the cancellation, throws (%#)', (payment) => {
    expect(() => react(payment)).toThrow(/no cancellation of the order is known\. .+ run npm run reconcile/)
  })
})
