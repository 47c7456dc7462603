/** Compares an order's history with the records of one service. */
import { choreography, type MessageType, newOrderId, seal } from '@quadrille/events'
import { describe, expect, it } from 'vitest'
import type { Comparison } from '../src/comparisons/comparison.ts'
import { compareReservation, type ReservationRow } from '../src/comparisons/inventory.ts'
import { compareNotifications, type NotificationRow } from '../src/comparisons/notification.ts'
import { comparePayment, type PaymentRow } from '../src/comparisons/payment.ts'
import { compareShipment } from '../src/comparisons/shipping.ts'
import { parseHistory } from '../src/history.ts'

const orderId = newOrderId()
const refunded = 'OrderPlaced,PaymentProcessed,InventoryRejected,OrderCancelled out_of_stock,PaymentRefunded'
const refusedRefund = 'OrderPlaced,PaymentProcessed,InventoryRejected,OrderCancelled out_of_stock,PaymentRefundFailed'
const fulfilled = 'OrderPlaced,PaymentProcessed,InventoryReserved,OrderFulfilled'
const declined = 'OrderPlaced,PaymentDeclined,OrderCancelled payment_declined,InventoryReleased'
const voided = 'OrderPlaced,OrderCancelled customer,PaymentVoided,InventoryReleased'
const refunding = 'OrderPlaced,PaymentProcessed,OrderCancelled customer'
const reserved = 'OrderPlaced,PaymentProcessed,InventoryReserved'

const typesOf = (drafts: Comparison['published']): string[] => drafts.map(({ type }) => type)

/** Expects that all messages can be published again. */
const expectPublishable = ({ published, tasks }: Comparison, service: string): void => {
  for (const each of [...published, ...tasks]) expect(() => seal(each, { service, now: new Date() })).not.toThrow()
}

const at = '2026-11-26T19:30:00.000Z'
const parcel = { carrier: 'DHL', trackingCode: '003404' }
const dispatched = `ShipmentDispatched ${at}`
const parcelOccasion = `shipment_dispatched:${at}` as const

describe('payment', () => {
  const payment = (status: PaymentRow['status'], more: Partial<PaymentRow> = {}): PaymentRow => ({
    ...{
      orderId,
      status,
      cancelled: false,
      amount: 4_500,
      currency: 'EUR',
      captured: 4_500,
      gatewayReference: 'sim_1',
    },
    ...{ round: 1, manualReference: null, firstRefusal: null },
    ...{ code: status === 'declined' || status === 'refund_failed' ? 'card_gone' : null },
    ...more,
  })

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
    [`${refusedRefund},PaymentRefunded`, 'captured', ['PaymentRefundFailed']],
    [`${refusedRefund},PaymentRefunded`, 'refunding', ['PaymentRefundFailed']],
    [`${refusedRefund},PaymentRefunded`, 'refund_failed', ['PaymentRefunded']],
    [refunding, 'captured', ['OrderCancelled']],
    [refunding, 'refunding', []],
    [declined, undefined, ['PaymentDeclined']],
    [declined, 'declined', ['OrderCancelled']],
    [voided, undefined, ['OrderCancelled']],
    [voided, 'cancelling', ['PaymentVoided']],
    [voided, 'voided', []],
    [`${voided},PaymentDeclined`, 'declined', ['PaymentVoided']],
    ['OrderPlaced', undefined, []],
    ['OrderPlaced', 'pending', []],
  ] as const)('with the history %s and the status %s, lacks %j', (eventList, status, missed) => {
    const record = status && payment(status)
    expect(comparePayment(parseHistory(eventList), record).missed).toEqual(missed)
  })

  it('lacks no event after a decline if the cancellation is stored', () => {
    expect(comparePayment(parseHistory(declined), payment('declined', { cancelled: true })).missed).toEqual([])
  })

  it.each([
    ['pending', []],
    ['cancelling', []],
    ['captured', ['PaymentProcessed']],
    ['refunding', ['PaymentProcessed']],
    ['refund_failed', ['PaymentProcessed', 'PaymentRefundFailed']],
    ['refunded', ['PaymentProcessed', 'PaymentRefunded']],
    ['voided', ['PaymentVoided']],
    ['declined', ['PaymentDeclined']],
  ] as const)('in the status %s, has published %j', (status, published) => {
    const compared = comparePayment(parseHistory('OrderPlaced'), payment(status))
    expect(typesOf(compared.published)).toEqual(published)
    expectPublishable(compared, 'payment')
  })

  it('publishes a manual refund again with its own reference', () => {
    const { published } = comparePayment(
      parseHistory(refunded),
      payment('refunded', { manualReference: 'bank-transfer-7' }),
    )
    expect(published[1]?.data).toMatchObject({ gatewayReference: 'bank-transfer-7' })
  })

  it.each([
    ['refund_failed', 1, null, 'account_closed'],
    ['refund_failed', 2, 'card_gone', 'card_gone'],
    ['refund_failed', 2, null, undefined],
    ['refunding', 2, 'card_gone', 'card_gone'],
    ['refunded', 2, 'card_gone', 'card_gone'],
  ] as const)(
    'while %s in round %i, publishes the refusal of the first round again: %s',
    (status, round, first, code) => {
      const refused = payment(status, {
        round,
        firstRefusal: first,
        code: status === 'refund_failed' ? 'account_closed' : null,
      })
      const { published } = comparePayment(parseHistory('OrderPlaced'), refused)
      const refusal = published.find(({ type }) => type === 'PaymentRefundFailed')
      expect(refusal?.data).toEqual(code && { orderId, amount: 4_500, currency: 'EUR', code })
    },
  )

  it('publishes a refusal before the refund', () => {
    const { published } = comparePayment(
      parseHistory('OrderPlaced'),
      payment('refunded', { firstRefusal: 'card_gone' }),
    )
    expect(typesOf(published)).toEqual(['PaymentProcessed', 'PaymentRefundFailed', 'PaymentRefunded'])
  })

  it.each([
    ['OrderPlaced,OrderCancelled customer', 'cancelling', ['CancelCharge']],
    [refunding, 'refunding', ['Refund']],
    [refunded, 'refunding', []],
    [voided, 'cancelling', []],
    ['OrderPlaced', 'pending', []],
    [refusedRefund, 'refunding', []],
  ] as const)('with the history %s and the status %s, sends the tasks %j again', (eventList, status, tasks) => {
    expect(typesOf(comparePayment(parseHistory(eventList), payment(status)).tasks)).toEqual(tasks)
  })

  it('repeats the refund that an operator retried after a refusal, unless it has succeeded', () => {
    const tried = payment('refunding', { round: 2 })
    const compared = comparePayment(parseHistory(refusedRefund), tried)
    expect(compared).toMatchObject({ missed: [], tasks: [{ type: 'Refund', data: { round: 2 } }] })
    expectPublishable(compared, 'payment')
    const made = comparePayment(parseHistory(`${refusedRefund},PaymentRefunded`), tried)
    expect(made).toMatchObject({ missed: ['PaymentRefunded'], tasks: [] })
  })

  it('can receive and publish again every event that it publishes', () => {
    const statuses = [
      'pending',
      'captured',
      'refunding',
      'refund_failed',
      'refunded',
      'voided',
      'declined',
      'cancelling',
    ] as const
    expectCovered('payment', (history) => statuses.map((status) => comparePayment(history, payment(status))))
  })
})

describe('inventory', () => {
  const reservation = (status: ReservationRow['status'], waitsFor: string | null = null): ReservationRow => ({
    ...{ orderId, status, waitsFor, lines: [{ sku: 'mug', quantity: 2 }] },
    missing: status === 'rejected' ? [{ sku: 'mug', requested: 2, available: 1 }] : null,
  })

  it.each([
    [fulfilled, undefined, ['InventoryReserved']],
    [fulfilled, reservation('reserved'), ['OrderFulfilled']],
    [fulfilled, reservation('committed'), []],
    [refunded, reservation('pending', 'payment'), ['InventoryRejected']],
    [refunded, reservation('rejected'), []],
    [voided, undefined, ['InventoryReleased']],
    [`${reserved},OrderCancelled expired`, reservation('reserved'), ['OrderCancelled']],
    [`${reserved},OrderCancelled expired,InventoryReleased`, reservation('reserved'), ['InventoryReleased']],
    ['OrderPlaced,OrderCancelled customer', undefined, ['OrderCancelled']],
    ['OrderPlaced,PaymentProcessed', undefined, ['OrderPlaced', 'PaymentProcessed']],
    ['OrderPlaced,PaymentProcessed', reservation('pending', 'order'), ['OrderPlaced']],
    ['OrderPlaced,PaymentProcessed', reservation('pending', 'payment'), ['PaymentProcessed']],
    ['OrderPlaced', reservation('pending', 'payment'), []], // an order that is not paid yet lacks nothing
    ['OrderPlaced', undefined, ['OrderPlaced']],
  ])('with the history %s and the record %j, lacks %j', (eventList, record, missed) => {
    expect(compareReservation(parseHistory(eventList), record).missed).toEqual(missed)
  })

  it.each([
    ['pending', []],
    ['reserved', ['InventoryReserved']],
    ['committed', ['InventoryReserved']],
    ['released', ['InventoryReserved', 'InventoryReleased']],
    ['rejected', ['InventoryRejected']],
  ] as const)('in the status %s, has published %j', (status, published) => {
    const compared = compareReservation(parseHistory('OrderPlaced'), reservation(status, 'payment'))
    expect(typesOf(compared.published)).toEqual(published)
    expectPublishable(compared, 'inventory')
  })

  it('of a release without lines, has not published a reservation', () => {
    const { published } = compareReservation(parseHistory('OrderPlaced'), { ...reservation('released'), lines: [] })
    expect(typesOf(published)).toEqual(['InventoryReleased'])
  })

  it('can receive and publish again every event that it publishes', () => {
    const statuses = ['reserved', 'rejected', 'released', 'committed'] as const
    const records = [undefined, ...statuses.map((status) => reservation(status))]
    expectCovered('inventory', (history) => records.map((each) => compareReservation(history, each)))
  })
})

describe('notification', () => {
  const placedSent = 'NotificationSent email:order_placed'
  const notified = `${fulfilled},${placedSent},NotificationFailed email:order_fulfilled`
  const customer = { id: 'ada', email: 'ada@example.com' }
  const addressee = (...occasions: NotificationRow['occasion'][]) => ({
    ...{ orderId, occasions },
    recipient: { customer, currency: 'EUR', total: 4_500 },
    parcels: [{ occasion: parcelOccasion, ...parcel }],
  })
  const notification = (occasion: NotificationRow['occasion'], status: string, overdue = false): NotificationRow => ({
    ...{ orderId, channel: 'email', occasion, status, overdue },
    code: status === 'failed' ? 'refused' : null,
  })
  const both = [notification('order_fulfilled', 'failed'), notification('order_placed', 'sent')]

  it.each([
    [notified, {}, [placedSent, 'NotificationFailed email:order_fulfilled']],
    [
      notified,
      { addressee: addressee('order_placed'), notifications: [notification('order_placed', 'sent')] },
      ['NotificationFailed email:order_fulfilled'],
    ],
    [notified, { notifications: both }, ['OrderPlaced']],
    [notified, { addressee: addressee('order_placed'), notifications: both }, ['OrderFulfilled']],
    [fulfilled, {}, ['OrderFulfilled']],
    [
      fulfilled,
      { addressee: addressee('order_fulfilled'), notifications: [notification('order_fulfilled', 'sent')] },
      ['OrderPlaced'],
    ],
    [refunded, {}, ['OrderCancelled', 'PaymentRefunded']],
    [`${refusedRefund},PaymentRefunded`, {}, ['OrderCancelled', 'PaymentRefundFailed', 'PaymentRefunded']],
    [`${fulfilled},${dispatched}`, { addressee: addressee('order_placed', 'order_fulfilled') }, [dispatched]],
    [`${fulfilled},${dispatched}`, { addressee: addressee('order_placed', 'order_fulfilled', parcelOccasion) }, []],
    ['OrderPlaced', {}, ['OrderPlaced']],
    ['OrderPlaced', { addressee: addressee('order_placed') }, []],
  ])('with the history %s and the record %j, lacks %j', (eventList, state, missed) => {
    expect(compareNotifications(parseHistory(eventList), state).missed).toEqual(missed)
  })

  it('accepts another result than that in the history, because the first one is final', () => {
    const failedFirst = `${fulfilled},NotificationFailed email:order_placed`
    const compared = compareNotifications(parseHistory(failedFirst), {
      addressee: addressee('order_placed'),
      notifications: [notification('order_placed', 'sent')],
    })
    expect(compared).toMatchObject({ missed: ['OrderFulfilled'], published: [] })
  })

  it('repeats only the notifications that have been pending for too long', () => {
    const notifications = [notification('order_placed', 'pending', true), notification('order_fulfilled', 'pending')]
    const compared = compareNotifications(parseHistory(fulfilled), {
      addressee: addressee('order_placed', 'order_fulfilled'),
      notifications,
    })
    expect(compared.tasks).toEqual([
      { type: 'Notify', data: { orderId, occasion: 'order_placed', customer, currency: 'EUR', total: 4_500 } },
    ])
    expectPublishable(compared, 'notification')
  })

  it('repeats the notification about a parcel with its tracking code', () => {
    const compared = compareNotifications(parseHistory(`${fulfilled},${dispatched}`), {
      addressee: addressee('order_placed', 'order_fulfilled', parcelOccasion),
      notifications: [notification(parcelOccasion, 'pending', true)],
    })
    expect(compared.tasks).toMatchObject([{ data: { occasion: parcelOccasion, parcel } }])
    expectPublishable(compared, 'notification')
  })

  it('can receive and publish again every event that it publishes', () => {
    expectCovered('notification', (history) => [
      compareNotifications(history, {}),
      compareNotifications(history, { notifications: both }),
    ])
  })
})

describe('shipping', () => {
  const shipment = (...parcels: string[]) => ({ orderId, parcels: parcels.map((time) => ({ ...parcel, at: time })) })

  it.each([
    [fulfilled, undefined, ['OrderFulfilled']],
    [fulfilled, shipment(), []],
    [reserved, undefined, []],
    [`${fulfilled},${dispatched}`, undefined, ['OrderFulfilled', dispatched]],
    [`${fulfilled},${dispatched}`, shipment(), [dispatched]],
    [`${fulfilled},${dispatched}`, shipment(at), []],
  ])('with the history %s and the record %j, lacks %j', (eventList, record, missed) => {
    expect(compareShipment(parseHistory(eventList), record).missed).toEqual(missed)
  })

  it('has published an event for each parcel', () => {
    const compared = compareShipment(parseHistory(fulfilled), shipment(at, '2026-11-26T19:30:00.001Z'))
    expect(typesOf(compared.published)).toEqual(['ShipmentDispatched', 'ShipmentDispatched'])
    expectPublishable(compared, 'shipping')
  })

  it('can receive and publish again every event that it publishes', () => {
    expectCovered('shipping', (history) => [compareShipment(history), compareShipment(history, shipment(at))])
  })
})

/** Events that no reaction publishes any more (docs/add-an-event.md). Their publishers must not publish them again. */
const retired: readonly MessageType[] = []

/** An event that the comparisons omit could be neither restored nor published again. */
const expectCovered = (
  service: 'payment' | 'inventory' | 'notification' | 'shipping',
  compare: (history: ReturnType<typeof parseHistory>) => Comparison[],
): void => {
  for (const type of choreography[service].publishes) {
    const key = `${type}${type.startsWith('Notification') ? ' email:order_cancelled' : type === 'ShipmentDispatched' ? ` ${at}` : ''}`
    const compared = compare(parseHistory(key))
    const missed = compared.flatMap((each) => each.missed)
    expect(missed, `the comparison of ${service} does not deliver ${type} again`).toContain(key)
    const isPublished = compared.some(({ published }) => typesOf(published).includes(type))
    expect(isPublished, `the comparison of ${service} publishes ${type} again`).toBe(!retired.includes(type))
  }
}
