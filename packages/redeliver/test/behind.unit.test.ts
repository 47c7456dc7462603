/** What comes next for a service that is behind, given an order's history and its own state. */
import { describe, expect, it } from 'vitest'
import { readStory } from '../src/behind/history.ts'
import { behindInInventory } from '../src/behind/inventory.ts'
import { behindInNotification } from '../src/behind/notification.ts'
import { behindInPayment } from '../src/behind/payment.ts'

const refunded = 'OrderPlaced,PaymentProcessed,InventoryRejected,OrderCancelled out_of_stock,PaymentRefunded'
const refusedRefund = 'OrderPlaced,PaymentProcessed,InventoryRejected,OrderCancelled out_of_stock,PaymentRefundFailed'
const fulfilled = 'OrderPlaced,PaymentProcessed,InventoryReserved,OrderFulfilled'
const declined = 'OrderPlaced,PaymentDeclined,OrderCancelled payment_declined,InventoryReleased'
const voided = 'OrderPlaced,OrderCancelled customer,PaymentVoided,InventoryReleased'

describe('payment', () => {
  it.each([
    [fulfilled, undefined, ['PaymentProcessed']],
    [fulfilled, 'pending', ['PaymentProcessed']],
    [fulfilled, 'captured', []],
    [refunded, undefined, ['PaymentProcessed']],
    [refunded, 'captured', ['PaymentRefunded']],
    [refunded, 'refunding', ['PaymentRefunded']],
    [refunded, 'voided', ['PaymentProcessed']],
    [refunded, 'refunded', []],
    [refusedRefund, 'captured', ['PaymentRefundFailed']],
    [refusedRefund, 'refund_failed', []],
    [`${refusedRefund},PaymentRefunded`, 'refund_failed', ['PaymentRefunded']],
    ['OrderPlaced,PaymentProcessed,OrderCancelled customer', 'captured', ['OrderCancelled']],
    ['OrderPlaced,PaymentProcessed,OrderCancelled customer', 'refunding', []],
    [declined, undefined, ['PaymentDeclined']],
    [declined, 'declined', []],
    [voided, undefined, ['OrderCancelled']],
    [voided, 'cancelling', ['PaymentVoided']],
    [voided, 'voided', []],
    ['OrderPlaced', undefined, []],
  ])('of %s, given %s, is told %j', (story, status, next) => {
    expect(behindInPayment(readStory(story), status)).toEqual(next)
  })
})

describe('inventory', () => {
  it.each([
    [fulfilled, undefined, ['InventoryReserved']],
    [fulfilled, 'reserved', ['OrderFulfilled']],
    [fulfilled, 'committed', []],
    [refunded, 'pending', ['InventoryRejected']],
    [refunded, 'rejected', []],
    [voided, undefined, ['InventoryReleased']],
    ['OrderPlaced,PaymentProcessed,InventoryReserved,OrderCancelled expired', 'reserved', ['OrderCancelled']],
    [
      'OrderPlaced,PaymentProcessed,InventoryReserved,OrderCancelled expired,InventoryReleased',
      'reserved',
      ['InventoryReleased'],
    ],
    ['OrderPlaced,OrderCancelled customer', undefined, ['OrderCancelled']],
    ['OrderPlaced,PaymentProcessed', undefined, ['OrderPlaced', 'PaymentProcessed']],
    ['OrderPlaced', undefined, ['OrderPlaced']],
  ])('of %s, given %s, is told %j', (story, status, next) => {
    expect(behindInInventory(readStory(story), status)).toEqual(next)
  })
})

describe('notification', () => {
  const thanked = 'NotificationSent email:order_placed'
  const told = `${fulfilled},${thanked},NotificationFailed email:order_fulfilled`

  it.each([
    [told, {}, [thanked, 'NotificationFailed email:order_fulfilled']],
    [told, { heard: 'order_placed', results: 'email:order_placed:sent' }, ['NotificationFailed email:order_fulfilled']],
    [told, { results: 'email:order_fulfilled:failed, email:order_placed:sent' }, ['OrderPlaced']],
    [
      told,
      { heard: 'order_placed', results: 'email:order_fulfilled:failed, email:order_placed:sent' },
      ['OrderFulfilled'],
    ],
    [fulfilled, {}, ['OrderFulfilled']],
    [fulfilled, { heard: 'order_fulfilled', results: 'email:order_fulfilled:sent' }, ['OrderPlaced']],
    [refunded, {}, ['OrderCancelled', 'PaymentRefunded']],
    ['OrderPlaced', {}, ['OrderPlaced']],
    ['OrderPlaced', { heard: 'order_placed' }, []],
  ])('of %s, given %j, is told %j', (story, state, next) => {
    expect(behindInNotification(readStory(story), state)).toEqual(next)
  })
})
