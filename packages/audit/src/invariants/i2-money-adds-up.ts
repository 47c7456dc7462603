import type { OrderRecord } from '../records/order-record.ts'
import type { LedgerRecord, PaymentRecord } from '../records/payment-record.ts'
import type { Records } from '../records/records.ts'
import type { Violation } from '../report.ts'
import { type Invariant, violationsOf } from './invariant.ts'

export const moneyAddsUp: Invariant = {
  name: 'I2',
  claim:
    'captured − refunded is the total of a fulfilled order and 0 of a cancelled one, in our books and in the gateway’s',
  check: ({ records }) => ({
    checked: {
      payments: records.payments.size,
      'orders in the ledger': records.ledger.size,
      'minor units captured': sum([...records.payments.values()].map(({ captured }) => captured)),
      'minor units refunded': sum([...records.payments.values()].map(({ refunded }) => refunded)),
    },
    violations: [
      ...[...records.orders.values()].flatMap((order) => isPaidFor(order, records)),
      ...[...records.ledger.values()].flatMap((entry) => isInOurBooks(entry, records.payments.get(entry.orderId))),
      ...[...records.payments.keys()].flatMap((orderId) => isOfAnOrder(orderId, records)),
    ],
  }),
}

const nothing: Omit<PaymentRecord, 'orderId' | 'currency'> = {
  status: 'unheard of',
  captured: 0,
  refunded: 0,
  byHand: false,
}

const isPaidFor = (order: OrderRecord, { payments, ledger }: Records): Violation[] => {
  const ours = payments.get(order.id) ?? { ...nothing, currency: order.currency }
  const theirs = ledger.get(order.id)
  const kept = ours.captured - ours.refunded
  const keptThere = (theirs?.captured ?? 0) - (theirs?.refunded ?? 0) - (ours.byHand ? ours.refunded : 0)
  const due = dueFor(order)
  const awaitsRefund = ours.status === 'refund_failed'
  return violationsOf(order.id, {
    [`is ${order.status}, and we keep ${kept} instead of ${due}`]: due !== null && kept !== due && !awaitsRefund,
    [`is ${order.status}, and the gateway keeps ${keptThere} for us instead of ${due}`]:
      due !== null && keptThere !== due && !awaitsRefund,
    [`is in ${order.currency}, and was paid in ${ours.currency}`]: ours.currency !== order.currency,
    [`is in ${order.currency}, and was charged in ${theirs?.currencies}`]:
      theirs?.currencies.some((currency) => currency !== order.currency) ?? false,
  })
}

/** What is to be kept of an order; null as long as it isn't decided. */
const dueFor = ({ status, total }: OrderRecord): number | null => {
  switch (status) {
    case 'fulfilled':
      return total
    case 'cancelled':
      return 0
    case 'placed':
    case 'paid':
      return null
  }
}

const isInOurBooks = (theirs: LedgerRecord, ours: PaymentRecord | undefined): Violation[] => {
  const { captured, refunded, byHand } = ours ?? nothing
  const refundedThere = byHand ? 0 : refunded
  return violationsOf(theirs.orderId, {
    [`was captured ${captured} by our books, and ${theirs.captured} by the gateway’s`]: captured !== theirs.captured,
    [`was refunded ${refundedThere} by our books, and ${theirs.refunded} by the gateway’s`]:
      refundedThere !== theirs.refunded,
  })
}

const isOfAnOrder = (orderId: string, { orders }: Records): Violation[] =>
  violationsOf(orderId, { 'has a payment, and is no order': !orders.has(orderId) })

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
