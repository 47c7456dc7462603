import type { LedgerEntry } from '@quadrille/payment/gateway'
import { waitsForOperator } from '../in-progress.ts'
import type { OrderRecord } from '../records/order-record.ts'
import type { PaymentRecord } from '../records/payment-record.ts'
import type { Verdict } from '../report.ts'
import { checkEach, type Faults, type Invariant, type Slice, sumOf, withoutLedger } from './invariant.ts'

export const moneyAddsUp: Invariant = {
  name: 'I2',
  claim:
    'captured − refunded is the total of a fulfilled order and 0 of a cancelled one, in payment’s database and at the gateway, and each capture is of the total',
  checkOrders: (slice) => ({
    checked: {
      payments: slice.records.payments.size,
      ...(slice.records.ledger && { 'orders in the ledger': slice.records.ledger.size }),
      ...moneyOf(slice.records.payments),
    },
    violations: [
      ...checkEach(slice.records.orders, (order) => orderFaults(order, slice)),
      ...checkEach(slice.records.ledger, (entry) => ledgerFaults(entry, slice)),
      ...checkEach(slice.records.ledger, (entry) => openChargeFaults(entry, slice)),
    ],
    ...(!slice.records.ledger && withoutLedger),
  }),
}

const moneyOf = (payments: ReadonlyMap<string, PaymentRecord>): Verdict['checked'] =>
  Object.fromEntries(
    [...Map.groupBy(payments.values(), ({ currency }) => currency)].flatMap(([currency, inCurrency]) => [
      [`minor units of ${currency} captured`, sumOf(inCurrency, ({ captured }) => captured)],
      [`minor units of ${currency} refunded`, sumOf(inCurrency, ({ refunded }) => refunded)],
    ]),
  )

const nothing = { captured: 0, refunded: 0, byHand: false }

const netOf = ({ captured, refunded }: Pick<PaymentRecord, 'captured' | 'refunded'> = nothing): number =>
  captured - refunded

function* orderFaults(order: OrderRecord, { records, isInProgress }: Slice): Faults {
  const { id, status, currency } = order
  const { ledger } = records
  const ours = records.payments.get(id)
  const theirs = ledger?.get(id)
  if (!order.linesAddUp) yield `has a total of ${order.total}, but its lines do not add up to it`
  if (ours) yield* paymentFaults(order, ours)
  if (theirs?.currencies.some((each) => each !== currency))
    yield `is in ${currency}, but was charged in ${theirs.currencies.join(', ')}`
  const due = dueFor(order)
  if (due === null || isInProgress(order) || waitsForOperator(order, records)) return
  const { captured, byHand } = ours ?? nothing
  const net = netOf(ours)
  if (net !== due) yield `is ${status}, but captured − refunded is ${net} instead of ${due}`
  if (!ledger || (byHand && theirs?.refunded)) return // ledgerFaults reports the second refund
  const netAtGateway = netOf(theirs)
  const dueAtGateway = byHand ? captured : due
  if (netAtGateway !== dueAtGateway)
    yield `is ${status}, but captured − refunded is ${netAtGateway} at the gateway instead of ${dueAtGateway}`
}

const statusesWithCapture: readonly string[] = ['captured', 'refunding', 'refund_failed', 'refunded']

/** The amount to pay never changes, and it is captured as a whole or not at all. */
function* paymentFaults({ currency, total }: OrderRecord, payment: PaymentRecord): Faults {
  const { amount, captured, status } = payment
  if (payment.currency !== currency) yield `is in ${currency}, but was paid in ${payment.currency}`
  if (amount !== total) yield `has a total of ${total}, but the amount of its payment is ${amount}`
  if (statusesWithCapture.includes(status) && captured !== total)
    yield `has a total of ${total}, but ${captured} was captured`
}

/** The required value of captured − refunded. Null while the order is open. */
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

function* ledgerFaults(theirs: LedgerEntry, { records: { orders, payments }, isInProgress }: Slice): Faults {
  const order = orders.get(theirs.orderId)
  if (order && isInProgress(order)) return
  const { captured, refunded, byHand } = payments.get(theirs.orderId) ?? nothing
  if (captured !== theirs.captured)
    yield `captured ${captured} in payment’s database, but ${theirs.captured} at the gateway`
  if (byHand && theirs.refunded > 0) yield `was refunded ${refunded} by hand, and ${theirs.refunded} at the gateway too`
  if (!byHand && refunded !== theirs.refunded)
    yield `refunded ${refunded} in payment’s database, but ${theirs.refunded} at the gateway`
}

/**
 * When an order has ended, its charge has an outcome. A worker can still confirm a payment intent after a long pause, but only the one
 * that payment’s database refers to.
 */
function* openChargeFaults(
  { orderId, processing, unconfirmed }: LedgerEntry,
  { records, isInProgress }: Slice,
): Faults {
  const order = records.orders.get(orderId)
  if (!order || dueFor(order) === null || isInProgress(order)) return
  const ours = records.payments.get(orderId)?.reference
  if (processing || unconfirmed.some((reference) => reference === ours))
    yield `is ${order.status}, but the gateway may still capture`
}
