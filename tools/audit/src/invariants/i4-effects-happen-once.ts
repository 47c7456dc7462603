import type { LedgerRecord } from '../records/payment-record.ts'
import { type Faults, type Invariant, ofEach, type Slice, sumOf } from './invariant.ts'

/** As far as the gateway and we ourselves know. What a mail server got twice, only the mail server knows. */
export const effectsHappenOnce: Invariant = {
  name: 'I4',
  claim: 'an order is captured once, refunded once, and each thing is said about it once',
  ofOrders: (slice) => ({
    checked: {
      captures: sumOf(slice.records.ledger, ({ captures }) => captures),
      refunds: sumOf(slice.records.ledger, ({ refunds }) => refunds),
      events: sumOf(slice.records.histories, ({ story }) => slice.stories(story).events.length),
    },
    violations: [
      ...ofEach(slice.records.ledger, (entry) => movedOnce(entry, slice)),
      ...ofEach(slice.records.histories, ({ story }) => saidOnce(story, slice)),
    ],
  }),
}

function* movedOnce({ orderId, captures, refunds }: LedgerRecord, { records: { payments } }: Slice): Faults {
  const allRefunds = refunds + (payments.get(orderId)?.byHand ? 1 : 0)
  if (captures > 1) yield `was captured ${captures} times`
  if (allRefunds > 1) yield `was refunded ${allRefunds} times`
}

function* saidOnce(story: string, { stories }: Slice): Faults {
  for (const what of stories(story).repeated) yield `${what} was said more than once`
}
