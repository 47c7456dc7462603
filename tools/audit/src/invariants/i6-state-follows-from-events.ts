import type { Occasion } from '@quadrille/events'
import type { HistoryRecord } from '../records/history-record.ts'
import type { OrderRecord } from '../records/order-record.ts'
import type { PaymentRecord } from '../records/payment-record.ts'
import type { Records } from '../records/records.ts'
import type { Violation } from '../report.ts'
import { notificationFaults } from './due-notifications.ts'
import { type Expected, listed } from './expected-states.ts'
import { type Faults, type Invariant, ofEach, type Slice, sumOf } from './invariant.ts'

export const stateFollowsFromEvents: Invariant = {
  name: 'I6',
  claim: 'each service’s state follows from the orders’ histories, and each event has its state change',
  ofOrders: (slice) => ({
    checked: {
      orders: slice.records.orders.size,
      payments: slice.records.payments.size,
      reservations: slice.records.reservations.size,
      notifications: sumOf(slice.records.notifications, (results) => results.split(', ').length),
    },
    violations: [
      ...ofEach(slice.records.orders, (order) => (slice.isInProgress(order) ? [] : follows(order, slice))),
      ...unknownToOrder(slice.records),
    ],
  }),
}

const noHistory: HistoryRecord = { story: '', captured: 0, refunded: 0, expiredAt: null, trace: 'none' }

function* follows(order: OrderRecord, { records, stories }: Slice): Faults {
  const { id } = order
  const payment = records.payments.get(id)
  const reservation = records.reservations.get(id)
  const heard = records.heard.get(id)
  if (!payment) yield neverHeard('payment')
  if (!reservation) yield neverHeard('inventory')
  if (heard === undefined) yield neverHeard('notification')
  if (!order.hasHistory) return
  const history = records.histories.get(id) ?? noHistory
  const { expected } = stories(history.story)
  yield* orderFollows(order, expected)
  if (payment) yield* paymentFollows(payment, history, expected)
  if (reservation) yield* differs('the reservation', reservation.status, [expected.reservation])
  if (heard !== undefined) yield* heardFollows(order, heard.split(',') as Occasion[], expected)
  yield* differs('the notifications', records.notifications.get(id) ?? 'none', [expected.told])
}

function* orderFollows(order: OrderRecord, expected: Expected): Faults {
  yield* differs('the order', order.reason ?? order.status, [expected.order])
  yield* differs('the order’s view of its payment', order.payment, [expected.shownPayment])
  yield* differs('the order’s view of its stock', order.inventory, [expected.shownInventory])
  yield* differs('the order’s view of its notifications', order.notifications ?? 'none', [expected.told])
}

function* paymentFollows(
  { status, captured, refunded, cancelled }: PaymentRecord,
  said: HistoryRecord,
  expected: Expected,
): Faults {
  yield* differs('the payment', status, expected.payment)
  if (cancelled !== expected.cancelled)
    yield `the payment is ${cancelled ? '' : 'not '}marked as cancelled, but the order is ${expected.order}`
  if (said.captured !== captured) yield `PaymentProcessed of ${said.captured}, but ${captured} is recorded`
  if (said.refunded !== refunded) yield `PaymentRefunded of ${said.refunded}, but ${refunded} is recorded`
}

function* heardFollows(order: OrderRecord, heard: readonly Occasion[], expected: Expected): Faults {
  yield* differs('the occasions of notification', listed(heard), [listed(expected.occasions)])
  yield* notificationFaults(order, heard, expected.told)
}

const neverHeard = (service: string): string => `${service} has no record of it`

const none: Faults = []

/** A fault if the state is not one of those that the history leads to. */
const differs = (of: string, found: string, expected: readonly string[]): Faults =>
  expected.includes(found) ? none : [`${of}: ${found}, but its events lead to ${expected.join(' or ')}`]

/** Records of other services about an order that the order service does not have. */
const unknownToOrder = ({ orders, payments, reservations, heard, histories }: Records): Violation[] => {
  const elsewhere = { payment: payments, inventory: reservations, notification: heard, 'its history': histories }
  return Object.entries(elsewhere).flatMap(([service, records]) =>
    [...records.keys()]
      .filter((orderId) => !orders.has(orderId))
      .map((subject) => ({ subject, detail: `${service} has it, but ${neverHeard('order')}` })),
  )
}
