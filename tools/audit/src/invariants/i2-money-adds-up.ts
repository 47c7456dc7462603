import type { LedgerRecord } from '../records/ledger-record.ts'
import { type OrderRecord, waitsForPerson } from '../records/order-record.ts'
import type { PaymentRecord } from '../records/payment-record.ts'
import { type Faults, type Invariant, ofEach, type Slice, sumOf, withoutLedger } from './invariant.ts'

export const moneyAddsUp: Invariant = {
  name: 'I2',
  claim:
    'captured − refunded is the total of a fulfilled order and 0 of a cancelled one, in payment’s database and at the gateway',
  ofOrders: (slice) => ({
    checked: {
      payments: slice.records.payments.size,
      ...(slice.records.ledger && { 'orders in the ledger': slice.records.ledger.size }),
      'minor units captured': sumOf(slice.records.payments, ({ captured }) => captured),
      'minor units refunded': sumOf(slice.records.payments, ({ refunded }) => refunded),
    },
    violations: [
      ...ofEach(slice.records.orders, (order) => isPaidFor(order, slice)),
      ...ofEach(slice.records.ledger ?? none, (entry) => isInOurBooks(entry, slice)),
      ...ofEach(slice.records.ledger ?? none, (entry) => isDecided(entry, slice)),
      ...ofEach(slice.records.payments, (payment) => isOfAnOrder(payment, slice)),
    ],
    ...(!slice.records.ledger && withoutLedger),
  }),
}

const none: ReadonlyMap<string, LedgerRecord> = new Map()
const nothing = { captured: 0, refunded: 0, byHand: false }

function* isPaidFor(order: OrderRecord, { records: { payments, ledger }, isInProgress }: Slice): Faults {
  const { id, status, currency } = order
  const ours = payments.get(id)
  const theirs = ledger?.get(id)
  if (ours && ours.currency !== currency) yield `is in ${currency}, and was paid in ${ours.currency}`
  if (theirs?.currencies.some((each) => each !== currency))
    yield `is in ${currency}, and was charged in ${theirs.currencies.join(', ')}`
  const due = dueFor(order)
  if (due === null || isInProgress(order) || waitsForPerson(order)) return
  const { captured, refunded, byHand } = ours ?? nothing
  const kept = captured - refunded
  if (kept !== due) yield `is ${status}, and we keep ${kept} instead of ${due}`
  if (!ledger) return
  const keptThere = (theirs?.captured ?? 0) - (theirs?.refunded ?? 0) - (byHand ? refunded : 0)
  if (keptThere !== due) yield `is ${status}, and the gateway keeps ${keptThere} for us instead of ${due}`
}

/** The amount to keep of an order. Null while it is undecided. */
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

function* isInOurBooks(theirs: LedgerRecord, { records: { orders, payments }, isInProgress }: Slice): Faults {
  const order = orders.get(theirs.orderId)
  if (order && isInProgress(order)) return
  const { captured, refunded, byHand } = payments.get(theirs.orderId) ?? nothing
  const refundedThere = byHand ? 0 : refunded
  if (captured !== theirs.captured)
    yield `was captured ${captured} in our records, and ${theirs.captured} in the gateway’s`
  if (refundedThere !== theirs.refunded)
    yield `was refunded ${refundedThere} in our records, and ${theirs.refunded} in the gateway’s`
}

/** Of the unconfirmed objects, workers may confirm only the one in our records, however long they were paused. */
function* isDecided({ orderId, processing, unconfirmed }: LedgerRecord, { records, isInProgress }: Slice): Faults {
  const order = records.orders.get(orderId)
  if (order?.status !== 'cancelled' || isInProgress(order)) return
  const ours = records.payments.get(orderId)?.reference
  if (processing || unconfirmed.some((reference) => reference === ours))
    yield 'is cancelled, and the gateway may still capture'
}

function* isOfAnOrder({ orderId }: PaymentRecord, { records: { orders } }: Slice): Faults {
  if (!orders.has(orderId)) yield 'has a payment, but the order does not exist'
}
