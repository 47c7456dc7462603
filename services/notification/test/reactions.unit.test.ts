import { draft, type Message, newOrderId, type Occasion, type OrderOccasion } from '@quadrille/events'
import type { Reaction } from '@quadrille/service'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Notification } from '../src/domain/notification.ts'
import type { Addressee, NotificationLog } from '../src/domain/notification-log.ts'
import {
  orderCancelled,
  orderFulfilled,
  orderPlaced,
  paymentRefunded,
  paymentRefundFailed,
  shipmentDispatched,
} from '../src/reactions/occasions.ts'
import * as restore from '../src/reactions/restore.ts'
import { notificationDelivered, notificationUndeliverable } from '../src/reactions/results.ts'

const orderId = newOrderId()
const { customer, currency, total } = anOrder(orderId)
const recipient = { customer, currency, total }
const money = { orderId, amount: total, currency }

const messages = {
  placed: aMessage('OrderPlaced', aPlacedOrder(orderId)),
  fulfilled: aMessage('OrderFulfilled', anOrder(orderId)),
  cancelled: aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'out_of_stock' }),
  refunded: aMessage('PaymentRefunded', { ...money, gatewayReference: 'g1' }),
  refundFailed: aMessage('PaymentRefundFailed', { ...money, code: 'charge_disputed' }),
}

const addressee = (...occasions: Occasion[]): Addressee => ({ orderId, recipient, occasions, parcels: [] })
const waiting = (...occasions: Occasion[]): Addressee => ({ orderId, recipient: null, occasions, parcels: [] })
const pending = (occasion: Occasion): Notification => ({ orderId, channel: 'email', occasion, status: 'pending' })
const sent = (occasion: Occasion): Notification => ({
  orderId,
  channel: 'email',
  occasion,
  status: 'sent',
  attempts: 1,
  kept: null,
})
const notify = (occasion: OrderOccasion) => draft('Notify', { orderId, occasion, customer, currency, total })

const unknown: NotificationLog = { addressee: undefined, notifications: [] }

type Row = [type: string, react: Reaction<NotificationLog, Message>, message: Message, occasion: OrderOccasion]

describe.each<Row>([
  ['OrderPlaced', orderPlaced, messages.placed, 'order_placed'],
  ['OrderFulfilled', orderFulfilled, messages.fulfilled, 'order_fulfilled'],
  ['OrderCancelled', orderCancelled, messages.cancelled, 'order_cancelled'],
])('%s', (_, react, message, occasion) => {
  it('given nothing, stores the customer and sends a notification', () => {
    expect(react(unknown, message, noon)).toEqual({
      state: { addressee: addressee(occasion), notifications: [pending(occasion)] },
      tasks: [notify(occasion)],
    })
  })

  it('given the same occasion, does nothing', () => {
    const given = { addressee: addressee(occasion, 'payment_refunded'), notifications: [sent(occasion)] }
    expect(react(given, message, noon)).toEqual({})
  })
})

describe.each<Row>([
  ['OrderFulfilled', orderFulfilled, messages.fulfilled, 'order_fulfilled'],
  ['OrderCancelled', orderCancelled, messages.cancelled, 'order_cancelled'],
])('%s', (_, react, message, occasion) => {
  it('given a customer with another notification, sends this one too', () => {
    const given = { addressee: addressee('payment_refunded'), notifications: [sent('payment_refunded')] }
    expect(react(given, message, noon)).toEqual({
      state: {
        addressee: addressee('payment_refunded', occasion),
        notifications: [sent('payment_refunded'), pending(occasion)],
      },
      tasks: [notify(occasion)],
    })
  })

  it('given earlier refunds, sends their notifications first', () => {
    const given = { addressee: waiting('refund_failed', 'payment_refunded'), notifications: [] }
    const all = ['refund_failed', 'payment_refunded', occasion] as const
    expect(react(given, message, noon)).toEqual({
      state: { addressee: addressee(...all), notifications: all.map(pending) },
      tasks: all.map(notify),
    })
  })
})

describe('OrderPlaced that arrives late', () => {
  const react = (given: NotificationLog) => orderPlaced(given, messages.placed, noon)

  it.each(['order_fulfilled', 'order_cancelled'] as const)('after %s is stored, but not notified', (end) => {
    const given = { addressee: addressee(end), notifications: [sent(end)] }
    const late = { addressee: addressee(end, 'order_placed'), notifications: [sent(end)] }
    expect(react(given)).toEqual({ state: late, tasks: [] })
    expect(react(late)).toEqual({})
  })

  it('after refunds has the customer, so only their notifications are sent', () => {
    const given = { addressee: waiting('refund_failed', 'payment_refunded'), notifications: [] }
    const refunds = ['refund_failed', 'payment_refunded'] as const
    expect(react(given)).toEqual({
      state: { addressee: addressee(...refunds, 'order_placed'), notifications: refunds.map(pending) },
      tasks: refunds.map(notify),
    })
  })
})

describe('PaymentRefundFailed that arrives after PaymentRefunded', () => {
  it('is stored, but not notified', () => {
    const given = {
      addressee: addressee('order_cancelled', 'payment_refunded'),
      notifications: [sent('order_cancelled'), sent('payment_refunded')],
    }
    const late = { ...given, addressee: addressee('order_cancelled', 'payment_refunded', 'refund_failed') }
    expect(paymentRefundFailed(given, messages.refundFailed, noon)).toEqual({ state: late, tasks: [] })
  })

  it('is not notified when the customer becomes known either', () => {
    const given = { addressee: waiting('payment_refunded', 'refund_failed'), notifications: [] }
    const { tasks } = orderCancelled(given, messages.cancelled, noon)
    expect(tasks).toEqual([notify('payment_refunded'), notify('order_cancelled')])
  })
})

describe('an order with total 0', () => {
  const free = { customer, currency, total: 0 }
  const cancelled = aMessage('OrderCancelled', { ...anOrder(orderId), total: 0, reason: 'customer' })
  const refunded = aMessage('PaymentRefunded', { ...money, amount: 0, gatewayReference: 'none' })
  const told = { ...notify('order_cancelled'), data: { orderId, occasion: 'order_cancelled', ...free } }

  it('has a notification of its cancellation, but of no refund', () => {
    const { state = unknown, tasks } = orderCancelled(unknown, cancelled, noon)
    expect(tasks).toEqual([told])
    const noted = { orderId, recipient: free, occasions: ['order_cancelled', 'payment_refunded'], parcels: [] }
    expect(paymentRefunded(state, refunded, noon)).toEqual({ state: { ...state, addressee: noted }, tasks: [] })
  })

  it('has none of a refund that arrived before the customer was known either', () => {
    const { state = unknown } = paymentRefunded(unknown, refunded, noon)
    expect(orderCancelled(state, cancelled, noon).tasks).toEqual([told])
  })
})

describe.each<Row>([
  ['PaymentRefunded', paymentRefunded, messages.refunded, 'payment_refunded'],
  ['PaymentRefundFailed', paymentRefundFailed, messages.refundFailed, 'refund_failed'],
])('%s', (_, react, message, occasion) => {
  it('given a known customer, sends a notification', () => {
    const given = { addressee: addressee('order_placed'), notifications: [sent('order_placed')] }
    expect(react(given, message, noon)).toEqual({
      state: {
        addressee: addressee('order_placed', occasion),
        notifications: [sent('order_placed'), pending(occasion)],
      },
      tasks: [notify(occasion)],
    })
  })

  it('given nothing, waits until the customer is known', () => {
    expect(react(unknown, message, noon)).toEqual({
      state: { addressee: waiting(occasion), notifications: [] },
      tasks: [],
    })
  })

  it.each([addressee(occasion), waiting(occasion)])('given the same occasion, does nothing', (known) => {
    expect(react({ addressee: known, notifications: [] }, message, noon)).toEqual({})
  })
})

describe('ShipmentDispatched', () => {
  const label = { carrier: 'DHL', trackingCode: '003404' }
  const dispatched = (at: string) => aMessage('ShipmentDispatched', { orderId, ...label, at })
  const [first, second] = ['2026-11-26T19:30:00.000Z', '2026-11-26T19:30:00.001Z'] as const
  const parcelOf = (at: string) => ({ occasion: `shipment_dispatched:${at}` as const, ...label })
  const notice = (at: string) =>
    draft('Notify', { orderId, occasion: `shipment_dispatched:${at}`, customer, currency, total, parcel: label })
  const react = (given: NotificationLog, at: string) => shipmentDispatched(given, dispatched(at), noon)

  it('given a known customer, sends a notification about each parcel', () => {
    const given = { addressee: addressee('order_placed'), notifications: [sent('order_placed')] }
    const { state: one = unknown, tasks } = react(given, first)
    expect(tasks).toEqual([notice(first)])
    const { state: two, tasks: more } = react(one, second)
    expect(more).toEqual([notice(second)])
    const occasions = ['order_placed', parcelOf(first).occasion, parcelOf(second).occasion] as const
    expect(two).toEqual({
      addressee: { ...addressee(...occasions), parcels: [parcelOf(first), parcelOf(second)] },
      notifications: [sent('order_placed'), pending(occasions[1]), pending(occasions[2])],
    })
    expect(react(two ?? unknown, first)).toEqual({})
  })

  it('given nothing, waits until the customer is known', () => {
    const { state: waits = unknown, tasks } = react(unknown, first)
    expect(tasks).toEqual([])
    expect(orderFulfilled(waits, messages.fulfilled, noon).tasks).toEqual([notice(first), notify('order_fulfilled')])
    expect(react(waits, first)).toEqual({})
  })

  it('given its result from before a restore, sends nothing', () => {
    const known = { addressee: addressee('order_placed'), notifications: [sent(parcelOf(first).occasion)] }
    expect(react(known, first).tasks).toEqual([])
  })
})

const about = { orderId, channel: 'email', occasion: 'order_placed' } as const

describe('NotificationDelivered', () => {
  const react = (given: NotificationLog, kept?: { subject: string; text: string }) =>
    notificationDelivered(
      given,
      aMessage('NotificationDelivered', { ...about, attempts: 2, ...(kept && { kept }) }),
      noon,
    )
  const given = { addressee: addressee('order_placed'), notifications: [pending('order_placed')] }

  it('given a pending notification, stores the result and publishes it', () => {
    expect(react(given)).toEqual({
      state: { ...given, notifications: [{ ...about, status: 'sent', attempts: 2, kept: null }] },
      events: [draft('NotificationSent', about)],
    })
  })

  it('stores the message itself without a transport', () => {
    const kept = { subject: 'Thank you', text: 'Hello,\n' }
    expect(react(given, kept).state?.notifications).toEqual([{ ...about, status: 'sent', attempts: 2, kept }])
  })

  it('given no such notification, stores it nevertheless', () => {
    expect(react(unknown).state?.notifications).toHaveLength(1)
    expect(react(unknown).events).toEqual([draft('NotificationSent', about)])
  })

  it.each([sent('order_placed'), { ...about, status: 'failed', attempts: 8, code: 'smtp_550' } as const])(
    'given one that $status before, does nothing',
    (known) => {
      expect(react({ ...given, notifications: [known] })).toEqual({})
    },
  )
})

describe('NotificationUndeliverable', () => {
  const message = aMessage('NotificationUndeliverable', { ...about, attempts: 8, code: 'attempts_exhausted' })
  const react = (given: NotificationLog) => notificationUndeliverable(given, message, noon)
  const given = {
    addressee: addressee('order_placed', 'order_cancelled'),
    notifications: [pending('order_placed'), pending('order_cancelled')],
  }

  it('given a pending notification, stores the reason and publishes it, and leaves the others unchanged', () => {
    expect(react(given)).toEqual({
      state: {
        ...given,
        notifications: [
          pending('order_cancelled'),
          { ...about, status: 'failed', attempts: 8, code: 'attempts_exhausted' },
        ],
      },
      events: [draft('NotificationFailed', { ...about, code: 'attempts_exhausted' })],
    })
  })

  it('given one that was sent before, does nothing', () => {
    expect(react({ ...given, notifications: [sent('order_placed')] })).toEqual({})
  })
})

describe('the result of a notification from before a restore', () => {
  const tellings = {
    sent: () => restore.notificationSent(unknown, aMessage('NotificationSent', about), noon),
    failed: () =>
      restore.notificationFailed(unknown, aMessage('NotificationFailed', { ...about, code: 'smtp_550' }), noon),
  }

  it.each(['sent', 'failed'] as const)('that was %s is stored, and not sent again when the order comes', (status) => {
    const { state = unknown, events = [] } = tellings[status]()
    expect(state.notifications).toMatchObject([{ ...about, status, attempts: 1 }])
    expect(events).toEqual([])
    const heard = { addressee: addressee('order_placed'), notifications: state.notifications }
    expect(orderPlaced(state, messages.placed, noon)).toEqual({ state: heard, tasks: [] })
    expect(orderCancelled(heard, messages.cancelled, noon).tasks).toEqual([notify('order_cancelled')])
  })

  it.each([[], [pending('order_fulfilled')], [sent('order_fulfilled')]])(
    'given an occasion that arrived earlier than the order this time, is that of the first occasion (%#)',
    (...others) => {
      const given = { addressee: addressee('order_fulfilled'), notifications: [sent('order_placed'), ...others] }
      const state = { ...given, addressee: addressee('order_placed', 'order_fulfilled') }
      expect(orderPlaced(given, messages.placed, noon)).toEqual({ state, tasks: [] })
    },
  )

  it('is stored once, even if it was still pending', () => {
    const pendingOne = { addressee: addressee('order_placed'), notifications: [pending('order_placed')] }
    const message = aMessage('NotificationSent', about)
    const { state = unknown } = restore.notificationSent(pendingOne, message, noon)
    expect(state.notifications).toEqual([sent('order_placed')])
    expect(restore.notificationSent(state, message, noon)).toEqual({})
  })
})
