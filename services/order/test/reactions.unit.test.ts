import { type DataOf, draft, type Message, newOrderId } from '@quadrille/events'
import type { Reaction } from '@quadrille/service'
import type { Decision } from '@quadrille/service/tools'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { type Order, place } from '../src/domain/order.ts'
import { view } from '../src/domain/view.ts'
import { inventoryRejected, inventoryReleased, inventoryReserved } from '../src/reactions/inventory.ts'
import { notificationFailed, notificationSent } from '../src/reactions/notification.ts'
import {
  paymentDeclined,
  paymentProcessed,
  paymentRefunded,
  paymentRefundFailed,
  paymentVoided,
} from '../src/reactions/payment.ts'
import { cancellationRequested, orderSubmitted } from '../src/reactions/requests.ts'
import { shipmentDispatched } from '../src/reactions/shipping.ts'

const orderId = newOrderId()
const { customer, currency, total, lines } = anOrder(orderId)
const money = { orderId, amount: total, currency }

const submitted: DataOf<'OrderSubmitted'> = { ...aPlacedOrder(orderId), createdAt: noon.toISOString() }
const placed = place(submitted)
const paid: Order = { ...placed, status: 'paid', payment: 'captured' }
const fulfilled: Order = { ...paid, status: 'fulfilled', settled: true, inventory: 'reserved' }
const cancelled: Order = { ...placed, status: 'cancelled', cancellationReason: 'customer' }

const facts = { orderId, customer, currency, total, lines }
const publishCancelled = (reason: 'customer' | 'expired' | 'payment_declined' | 'out_of_stock') => [
  draft('OrderCancelled', { ...facts, reason }),
]

const messages = {
  submission: aMessage('OrderSubmitted', submitted),
  customerCancels: aMessage('CancellationRequested', { orderId, reason: 'customer' }),
  expiryCancels: aMessage('CancellationRequested', { orderId, reason: 'expired' }),
  processed: aMessage('PaymentProcessed', { ...money, gatewayReference: 'g1' }),
  declined: aMessage('PaymentDeclined', { ...money, code: 'card_declined', category: 'refused' }),
  voided: aMessage('PaymentVoided', { orderId }),
  refunded: aMessage('PaymentRefunded', { ...money, gatewayReference: 'g1' }),
  refundFailed: aMessage('PaymentRefundFailed', { ...money, code: 'charge_disputed' }),
  reserved: aMessage('InventoryReserved', { orderId, lines }),
  rejected: aMessage('InventoryRejected', { orderId, missing: [{ sku: 'mug', requested: 2, available: 1 }] }),
  released: aMessage('InventoryReleased', { orderId, lines: [] }),
}

describe('ShipmentDispatched', () => {
  const parcel = { orderId, carrier: 'DHL', trackingCode: '003404', at: '2026-11-26T19:30:00.000Z' }
  const message = aMessage('ShipmentDispatched', parcel)

  it('changes the time of the order’s last change, and nothing else', () => {
    const later = new Date(noon.getTime() + 1_000)
    const { state } = shipmentDispatched(fulfilled, message, later)
    expect(state).toEqual({ ...fulfilled, updatedAt: later })
    const { orderId: _, ...shown } = parcel
    expect(view(state ?? placed, [shown])).toMatchObject({ shipments: [shown], updatedAt: later.toISOString() })
  })

  it('fails for an order that does not exist', () => {
    expect(() => shipmentDispatched(undefined, message, noon)).toThrow('which this database lacks')
  })
})

describe('the reference and the metadata of an order', () => {
  const known = { reference: 'web-77', metadata: { basket: '12' } }
  const placedByShop = place({ ...submitted, ...known })

  it('are in every event that the order service publishes', () => {
    const submission = aMessage('OrderSubmitted', { ...submitted, ...known })
    const decisions: Decision<unknown>[] = [
      orderSubmitted(undefined, submission, noon),
      cancellationRequested(placedByShop, messages.customerCancels, noon),
      inventoryReserved(placedByShop, messages.reserved, noon),
    ]
    expect(decisions.flatMap(({ events = [] }) => events)).toMatchObject([
      { type: 'OrderPlaced', data: known },
      { type: 'OrderCancelled', data: known },
      { type: 'OrderFulfilled', data: known },
    ])
  })
})

describe('OrderSubmitted', () => {
  it('without an order, places it and publishes OrderPlaced with the payment method, without internal fields', () => {
    const decision = orderSubmitted(undefined, messages.submission, noon)
    expect(decision.state).toEqual(placed)
    expect(decision.events).toEqual([draft('OrderPlaced', aPlacedOrder(orderId))])
  })

  it('given the order that was placed under its idempotency key, does nothing', () => {
    expect(orderSubmitted(paid, messages.submission, noon)).toEqual({})
  })

  it('does not store the payment method in the order', () => {
    expect(JSON.stringify(orderSubmitted(undefined, messages.submission, noon).state)).not.toContain('pm_card_visa')
  })
})

describe('CancellationRequested', () => {
  it('given a placed order, cancels it, and waits for payment and inventory', () => {
    const decision = cancellationRequested(placed, messages.customerCancels, noon)
    expect(decision.state).toMatchObject({
      status: 'cancelled',
      settled: false,
      cancellationReason: 'customer',
      payment: 'pending',
    })
    expect(decision.events).toEqual(publishCancelled('customer'))
  })

  it('given a paid order, cancels it, and expects a refund', () => {
    const decision = cancellationRequested(paid, messages.expiryCancels, noon)
    expect(decision.state).toMatchObject({ status: 'cancelled', cancellationReason: 'expired', payment: 'refunding' })
    expect(decision.events).toEqual(publishCancelled('expired'))
  })

  it('sets updatedAt only if it changes the order', () => {
    const later = new Date(noon.getTime() + 1_000)
    const cancels = messages.customerCancels
    expect(cancellationRequested(placed, cancels, later).state).toMatchObject({ updatedAt: later })
    expect(cancellationRequested(cancelled, cancels, later)).toEqual({})
  })

  it.each([
    ['fulfilled', fulfilled],
    ['cancelled', cancelled],
    ['unknown', undefined],
  ])('given a %s order, does nothing', (_, order) => {
    expect(cancellationRequested(order, messages.customerCancels, noon)).toEqual({})
  })
})

describe('PaymentProcessed', () => {
  it('given a placed order, makes it paid', () => {
    expect(paymentProcessed(placed, messages.processed, noon)).toEqual({ state: paid })
  })

  it('if late, given a fulfilled order, changes nothing', () => {
    expect(paymentProcessed(fulfilled, messages.processed, noon)).toEqual({ state: fulfilled })
  })

  it('given a cancelled order, expects a refund', () => {
    expect(paymentProcessed(cancelled, messages.processed, noon).state).toMatchObject({
      status: 'cancelled',
      payment: 'refunding',
    })
  })

  it('given an order that a void has settled, expects a refund, and the order stays settled', () => {
    const settled: Order = { ...cancelled, payment: 'voided', inventory: 'released', settled: true }
    expect(paymentProcessed(settled, messages.processed, noon).state).toMatchObject({
      payment: 'refunding',
      settled: true,
    })
  })

  it('if late, given a refunded order, changes nothing', () => {
    const refunded: Order = { ...cancelled, payment: 'refunded' }
    expect(paymentProcessed(refunded, messages.processed, noon).state).toEqual(refunded)
  })
})

describe('PaymentDeclined', () => {
  it('given a placed order, cancels it, and counts as the answer of payment', () => {
    const decision = paymentDeclined(placed, messages.declined, noon)
    expect(decision.state).toMatchObject({
      status: 'cancelled',
      settled: false,
      cancellationReason: 'payment_declined',
      payment: 'declined',
    })
    expect(decision.events).toEqual(publishCancelled('payment_declined'))
  })

  it('given a cancelled order whose stock is released, settles it', () => {
    const waiting: Order = { ...cancelled, inventory: 'released' }
    expect(paymentDeclined(waiting, messages.declined, noon)).toEqual({
      state: { ...waiting, payment: 'declined', settled: true },
    })
  })
})

describe('the answers to a cancellation', () => {
  it.each<{ reaction: Reaction<Order | undefined, Message>; message: Message; payment: Order['payment'] }>([
    { reaction: paymentVoided, message: messages.voided, payment: 'voided' },
    { reaction: paymentRefunded, message: messages.refunded, payment: 'refunded' },
  ])(
    '$message.type settles the order only if the stock is released or was rejected',
    ({ reaction, message, payment }) => {
      expect(reaction(cancelled, message, noon).state).toMatchObject({ payment, settled: false })
      expect(reaction({ ...cancelled, inventory: 'released' }, message, noon).state).toMatchObject({
        payment,
        settled: true,
      })
      expect(reaction({ ...cancelled, inventory: 'rejected' }, message, noon).state).toMatchObject({
        payment,
        settled: true,
      })
      expect(reaction({ ...cancelled, inventory: 'reserved' }, message, noon).state).toMatchObject({
        payment,
        settled: false,
      })
    },
  )

  it('InventoryReleased settles the order only if payment has answered', () => {
    const react = (payment: Order['payment']) =>
      inventoryReleased({ ...cancelled, payment }, messages.released, noon).state
    expect(react('pending')).toMatchObject({ inventory: 'released', settled: false })
    expect(react('refunding')).toMatchObject({ settled: false })
    expect(react('refund_failed')).toMatchObject({ settled: false })
    expect(react('declined')).toMatchObject({ settled: true })
    expect(react('voided')).toMatchObject({ settled: true })
    expect(react('refunded')).toMatchObject({ settled: true })
  })

  it('PaymentRefundFailed leaves the order open until it is refunded', () => {
    const refunding: Order = { ...cancelled, payment: 'refunding', inventory: 'released' }
    const failed = paymentRefundFailed(refunding, messages.refundFailed, noon).state
    expect(failed).toMatchObject({ payment: 'refund_failed', settled: false })
    expect(paymentRefunded(failed, messages.refunded, noon).state).toMatchObject({
      payment: 'refunded',
      settled: true,
    })
  })
})

describe('InventoryReserved', () => {
  it.each([
    ['paid', paid],
    ['placed', placed],
  ])('given a %s order, fulfils it', (_, order) => {
    const decision = inventoryReserved(order, messages.reserved, noon)
    expect(decision.state).toEqual(fulfilled)
    expect(decision.events).toEqual([draft('OrderFulfilled', facts)])
  })

  it('given a cancelled order, stores the reservation, and waits for its release', () => {
    const decision = inventoryReserved(cancelled, messages.reserved, noon)
    expect(decision).toEqual({ state: { ...cancelled, payment: 'refunding', inventory: 'reserved' } })
  })

  it('if late, given released stock, changes nothing', () => {
    const released: Order = { ...cancelled, payment: 'refunding', inventory: 'released' }
    expect(inventoryReserved(released, messages.reserved, noon)).toEqual({ state: released })
  })
})

describe('InventoryRejected', () => {
  it.each([
    ['paid', paid],
    ['placed', placed],
  ])('given a %s order, cancels it, and expects a refund', (_, order) => {
    const decision = inventoryRejected(order, messages.rejected, noon)
    expect(decision.state).toMatchObject({
      status: 'cancelled',
      settled: false,
      payment: 'refunding',
      inventory: 'rejected',
    })
    expect(decision.events).toEqual(publishCancelled('out_of_stock'))
  })

  it('given a cancelled and refunded order, settles it', () => {
    const refunded: Order = { ...cancelled, payment: 'refunded' }
    expect(inventoryRejected(refunded, messages.rejected, noon)).toEqual({
      state: { ...refunded, inventory: 'rejected', settled: true },
    })
  })
})

describe('notifications', () => {
  it('are listed, and do not change the status', () => {
    const sent = aMessage('NotificationSent', { orderId, channel: 'email', occasion: 'order_placed' })
    const failed = aMessage('NotificationFailed', {
      orderId,
      channel: 'email',
      occasion: 'order_fulfilled',
      code: '550',
    })
    const one = notificationSent(placed, sent, noon).state
    const both = notificationFailed(one, failed, noon).state
    expect(both).toEqual({
      ...placed,
      notifications: [
        { channel: 'email', occasion: 'order_placed', status: 'sent', at: sent.time },
        { channel: 'email', occasion: 'order_fulfilled', status: 'failed', at: failed.time },
      ],
    })
  })

  it('are listed for each channel', () => {
    const sentBy = (channel: 'email' | 'web') =>
      aMessage('NotificationSent', { orderId, channel, occasion: 'order_placed' })
    const one = notificationSent(placed, sentBy('email'), noon).state
    const both = notificationSent(one, sentBy('web'), noon).state
    expect(both?.notifications).toMatchObject([{ channel: 'email' }, { channel: 'web' }])
  })

  it('are listed once, even after a replay', () => {
    const about = { orderId, channel: 'email', occasion: 'order_placed' } as const
    const one = notificationSent(placed, aMessage('NotificationSent', about), noon).state
    expect(notificationSent(one, aMessage('NotificationSent', about), noon).state).toEqual(one)
    expect(notificationFailed(one, aMessage('NotificationFailed', about), noon).state).toEqual(one)
  })
})

it('an event of an unknown order is an error', () => {
  expect(() => paymentProcessed(undefined, messages.processed, noon)).toThrow(
    /this database lacks\. .+restore-the-order-database\.md/,
  )
})
