import type { Occasion } from '@quadrille/events'
import type { HistoryRecord } from '../records/history-record.ts'
import type { OrderRecord } from '../records/order-record.ts'
import type { PaymentRecord } from '../records/payment-record.ts'
import type { Records } from '../records/records.ts'
import type { ReservationRecord } from '../records/reservation-record.ts'
import type { Violation } from '../report.ts'
import { dueNotificationFaults } from './due-notifications.ts'
import { type Expected, listed } from './expected-states.ts'
import { checkEach, type Faults, type Invariant, type Slice, sumOf } from './invariant.ts'

export const stateFollowsFromEvents: Invariant = {
  name: 'I6',
  claim:
    'each service’s state follows from the events in the orders’ histories, and each event has its state change and the order’s money and goods',
  checkOrders: (slice) => ({
    checked: {
      orders: sumOf(slice.records.orders, ({ hasHistory }) => (hasHistory ? 1 : 0)),
      payments: slice.records.payments.size,
      reservations: slice.records.reservations.size,
      notifications: sumOf(slice.records.notifications, ({ results }) => results.split(', ').length),
      ...(slice.records.shipments && { shipments: slice.records.shipments.size }),
    },
    violations: [
      ...checkEach(slice.records.orders, (order) => (slice.isInProgress(order) ? [] : stateFaults(order, slice))),
      ...missingInOrder(slice.records),
    ],
  }),
}

const noHistory: HistoryRecord = {
  eventList: '',
  differing: null,
  reservedLines: null,
  releasedLines: null,
  chargeReference: null,
  refundReference: null,
  expiredAt: null,
  trace: 'none',
  parcels: null,
}

function* stateFaults(order: OrderRecord, { records, analyse }: Slice): Faults {
  const { id } = order
  const payment = records.payments.get(id)
  const reservation = records.reservations.get(id)
  if (!payment) yield noRecord('payment')
  if (!reservation) yield noRecord('inventory')
  if (!records.addressees.has(id)) yield noRecord('notification')
  if (!isSameRecipient(order, records))
    yield 'the customer, currency or total of notification differ from those of the order'
  yield* shipmentFaults(order, records)
  if (!order.hasHistory) return
  const history = records.histories.get(id) ?? noHistory
  const { expected } = analyse(history.eventList)
  yield* orderFaults(order, expected)
  yield* mismatch('the order’s view of its parcels', order.parcels ?? 'none', [history.parcels ?? 'none'])
  yield* contentFaults(order, history)
  if (payment) yield* paymentFaults(payment, history, expected)
  if (reservation) yield* reservationFaults(reservation, history, expected)
  yield* notificationFaults(order, records, expected)
}

/**
 * An order has a shipment if it is fulfilled, unless its history was deleted before shipping first ran: then it can't be reconciled.
 * Shipping and order show the same parcels.
 */
function* shipmentFaults({ id, status, parcels, hasHistory }: OrderRecord, { shipments }: Records): Faults {
  const shipment = shipments?.get(id)
  const isFulfilled = status === 'fulfilled'
  if (shipments && isFulfilled && hasHistory && shipment === undefined) yield noRecord('shipping')
  if (!isFulfilled && shipment) yield `shipping has it, but it is ${status}`
  if (shipment === undefined) return
  yield* mismatch('the parcels of shipping', shipment.parcels, [parcels ?? 'none'])
  yield* mismatch('the shipment', shipment.status, [shipment.parcels === 'none' ? 'open' : 'dispatched'])
}

function* orderFaults(order: OrderRecord, expected: Expected): Faults {
  yield* mismatch('the order', order.reason ?? order.status, [expected.order])
  yield* mismatch('the order’s view of its payment', order.payment, [expected.shownPayment])
  yield* mismatch('the order’s view of its stock', order.inventory, [expected.shownInventory])
  yield* mismatch('the order’s view of its notifications', order.notifications ?? 'none', [expected.notifications])
}

/** Nothing changes the money and the goods of an order after it was placed. */
function* contentFaults({ linesHash }: OrderRecord, { differing, reservedLines }: HistoryRecord): Faults {
  if (differing !== null) yield `has events that differ from it in currency, amount or lines: ${differing}`
  if (reservedLines !== null && reservedLines !== linesHash) yield 'InventoryReserved differs from the ordered goods'
}

function* paymentFaults(
  { status, reference, refundReference, cancelled }: PaymentRecord,
  history: HistoryRecord,
  expected: Expected,
): Faults {
  yield* mismatch('the payment', status, expected.payment)
  if (cancelled !== expected.cancelled)
    yield `the payment is ${cancelled ? '' : 'not '}marked as cancelled, but the order is ${expected.order}`
  yield* otherReference('PaymentProcessed', history.chargeReference, reference)
  yield* otherReference('PaymentRefunded', history.refundReference, refundReference)
}

/** Without one of the references, the state of the payment is a fault already. */
const otherReference = (event: string, published: string | null, recorded: string | null): Faults =>
  published !== null && recorded !== null && published !== recorded
    ? [`${event} has the reference ${published}, but ${recorded} is recorded`]
    : none

function* reservationFaults(
  { status, linesHash }: ReservationRecord,
  { releasedLines }: HistoryRecord,
  expected: Expected,
): Faults {
  yield* mismatch('the reservation', status, [expected.reservation])
  if (status === 'released' && releasedLines !== null && releasedLines !== linesHash)
    yield 'InventoryReleased differs from the released goods'
}

/** A pending notification has no event yet. It may wait as long as the mail server is unavailable, so only I8 reports it. */
function* notificationFaults(order: OrderRecord, { addressees, notifications }: Records, expected: Expected): Faults {
  const handled = addressees.get(order.id)?.occasions.split(',') as Occasion[] | undefined
  const { pending = [], ended = [] } = Object.groupBy(
    notifications.get(order.id)?.results.split(', ') ?? [],
    (notification) => (notification.endsWith(':pending') ? 'pending' : 'ended'),
  )
  if (handled) {
    yield* mismatch('the occasions of notification', listed(handled), [listed(expected.occasions)])
    yield* dueNotificationFaults(order, handled, [expected.notifications, ...pending].join(', '))
  }
  yield* mismatch('the notifications', listed(ended), [expected.notifications])
}

/** Notification learns the recipient from the events of the order. Those of its payment may arrive first. */
const isSameRecipient = ({ id, recipient }: OrderRecord, { addressees }: Records): boolean =>
  (addressees.get(id)?.recipient ?? recipient) === recipient

const noRecord = (service: string): string => `${service} has no record of it`

const none: Faults = []

/** A fault unless the history leads to this state. */
const mismatch = (of: string, found: string, expected: readonly string[]): Faults =>
  expected.includes(found) ? none : [`${of}: ${found}, but its events lead to ${expected.join(' or ')}`]

/** Records about orders that the order service does not have. */
const missingInOrder = ({ orders, payments, reservations, addressees, shipments, histories }: Records): Violation[] => {
  const elsewhere: Readonly<Record<string, ReadonlyMap<string, unknown>>> = {
    payment: payments,
    inventory: reservations,
    notification: addressees,
    shipping: shipments ?? new Map(),
    'its history': histories,
  }
  return Object.entries(elsewhere).flatMap(([service, records]) =>
    [...records.keys()]
      .filter((orderId) => !orders.has(orderId))
      .map((subject) => ({ subject, detail: `${service} has it, but ${noRecord('order')}` })),
  )
}
