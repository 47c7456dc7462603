import type { EventRecord } from '../records/history-record.ts'
import type { OrderRecord } from '../records/order-record.ts'
import type { PaymentRecord } from '../records/payment-record.ts'
import type { Records } from '../records/records.ts'
import type { Violation } from '../report.ts'
import { expectedOf } from './expected-states.ts'
import { type Invariant, violationsOf } from './invariant.ts'
import { wronglyTold } from './telling.ts'

export const stateFollowsFromEvents: Invariant = {
  name: 'I6',
  claim: 'each service’s state follows from the events of the orders’ histories, and each event has its state change',
  check: ({ records }) => ({
    checked: {
      orders: records.orders.size,
      payments: records.payments.size,
      reservations: records.reservations.size,
      notifications: [...records.notifications.values()].reduce((total, { length }) => total + length, 0),
    },
    violations: [
      ...[...records.orders.values()].flatMap((order) => follows(order, records)),
      ...unknownOrders(records).map((subject) => ({ subject, detail: 'is known here and there, but is no order' })),
    ],
  }),
}

const follows = (order: OrderRecord, records: Records): Violation[] => {
  const history = records.histories.get(order.id) ?? []
  const expected = expectedOf(history)
  const payment = records.payments.get(order.id)
  const heard = records.heard.get(order.id) ?? []
  return violationsOf(order.id, {
    ...differences('the order', order.reason ?? order.status, [expected.order]),
    ...differences('the order’s view of its payment', order.payment, [expected.shownPayment]),
    ...differences('the order’s view of its stock', order.inventory, [expected.shownInventory]),
    ...differences('the order’s view of its notifications', listed(order.notifications), [listed(expected.told)]),
    ...differences('the payment', payment?.status ?? 'unheard of', expected.payment),
    ...differences('the reservation', records.reservations.get(order.id)?.status ?? 'unheard of', [
      expected.reservation,
    ]),
    ...differences('the notifications', listed(records.notifications.get(order.id) ?? []), [listed(expected.told)]),
    ...differences('what notification has heard of', listed(heard), [listed(expected.occasions)]),
    ...wronglyTold(order, heard, expected.told),
    ...wrongAmounts(history, payment),
  })
}

/** A fault where a state is none of those that the history leads to. */
const differences = (of: string, found: string, expected: readonly string[]): Record<string, boolean> => ({
  [`${of}: ${found}, but by its events ${expected.join(' or ')}`]: !expected.includes(found),
})

const wrongAmounts = (history: readonly EventRecord[], payment: PaymentRecord | undefined): Record<string, boolean> => {
  const said = (type: string) => Number(history.find((event) => event.type === type)?.about ?? 0)
  const { captured = 0, refunded = 0 } = payment ?? {}
  return {
    [`PaymentProcessed of ${said('PaymentProcessed')}, but ${captured} in the books`]:
      said('PaymentProcessed') !== captured,
    [`PaymentRefunded of ${said('PaymentRefunded')}, but ${refunded} in the books`]:
      said('PaymentRefunded') !== refunded,
  }
}

const listed = (results: readonly string[]): string => results.toSorted().join(', ') || 'none'

const unknownOrders = ({ orders, histories, payments, reservations, notifications, heard }: Records): string[] => {
  const known = new Set(
    [histories, payments, reservations, notifications, heard].flatMap((records) => [...records.keys()]),
  )
  return [...known].filter((orderId) => !orders.has(orderId))
}
