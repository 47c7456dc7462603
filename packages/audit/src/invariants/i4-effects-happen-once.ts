import type { EventRecord } from '../records/history-record.ts'
import type { LedgerRecord, PaymentRecord } from '../records/payment-record.ts'
import type { Violation } from '../report.ts'
import { type Invariant, violationsOf } from './invariant.ts'

/** As far as the gateway and we ourselves know. What a mail server got twice, only the mail server knows. */
export const effectsHappenOnce: Invariant = {
  name: 'I4',
  claim: 'an order is captured once, refunded once, and each thing is said about it once',
  check: ({ records: { ledger, payments, histories } }) => ({
    checked: {
      captures: count(ledger, ({ captures }) => captures),
      refunds: count(ledger, ({ refunds }) => refunds),
      events: count(histories, ({ length }) => length),
    },
    violations: [
      ...[...ledger.values()].flatMap((entry) => movedOnce(entry, payments.get(entry.orderId))),
      ...[...histories.entries()].flatMap(([orderId, history]) => saidOnce(orderId, history)),
    ],
  }),
}

const movedOnce = ({ orderId, captures, refunds }: LedgerRecord, ours: PaymentRecord | undefined): Violation[] => {
  const allRefunds = refunds + (ours?.byHand ? 1 : 0)
  return violationsOf(orderId, {
    [`was captured ${captures} times`]: captures > 1,
    [`was refunded ${allRefunds} times`]: allRefunds > 1,
  })
}

/** An order has one event of each type; notifications one for each channel and occasion, whether sent or failed. */
const saidOnce = (orderId: string, history: readonly EventRecord[]): Violation[] => {
  const said = new Set<string>()
  const repeated = new Set<string>()
  for (const event of history) {
    const key = keyOf(event)
    if (said.has(key)) repeated.add(key)
    said.add(key)
  }
  return [...repeated].map((key) => ({ subject: orderId, detail: `${key} was said more than once` }))
}

const keyOf = ({ type, about }: EventRecord): string => (type.startsWith('Notification') ? `the end of ${about}` : type)

const count = <Value>(map: ReadonlyMap<string, Value>, of: (value: Value) => number): number =>
  [...map.values()].reduce((total, value) => total + of(value), 0)
