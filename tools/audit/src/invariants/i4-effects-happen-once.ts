import type { LedgerRecord } from '../records/ledger-record.ts'
import { type Faults, type Invariant, ofEach, type Slice, sumOf, withoutLedger } from './invariant.ts'

/** According to the gateway and the services. Only a mail server could detect a duplicate email. */
export const effectsHappenOnce: Invariant = {
  name: 'I4',
  claim: 'an order is captured at most once, refunded at most once, and has each event at most once',
  ofOrders: (slice) => ({
    checked: {
      ...(slice.records.ledger && {
        captures: sumOf(slice.records.ledger, ({ captures }) => captures),
        refunds: sumOf(slice.records.ledger, ({ refunds }) => refunds),
      }),
      events: sumOf(slice.records.histories, ({ story }) => slice.stories(story).events.length),
    },
    violations: [
      ...ofEach(slice.records.ledger ?? none, (entry) => movedOnce(entry, slice)),
      ...ofEach(slice.records.histories, ({ story }) => saidOnce(story, slice)),
    ],
    ...(!slice.records.ledger && withoutLedger),
  }),
}

const none: ReadonlyMap<string, LedgerRecord> = new Map()

function* movedOnce({ orderId, captures, refunds }: LedgerRecord, { records: { payments } }: Slice): Faults {
  const allRefunds = refunds + (payments.get(orderId)?.byHand ? 1 : 0)
  if (captures > 1) yield `was captured ${captures} times`
  if (allRefunds > 1) yield `was refunded ${allRefunds} times`
}

function* saidOnce(story: string, { stories }: Slice): Faults {
  for (const what of stories(story).repeated) yield `has ${what} more than once`
}
