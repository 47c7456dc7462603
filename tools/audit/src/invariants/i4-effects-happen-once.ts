import type { LedgerEntry } from '@quadrille/payment/gateway'
import { checkEach, type Faults, type Invariant, type Slice, sumOf, withoutLedger } from './invariant.ts'

/** Captures, refunds and events. A duplicate email can only be detected at the mail server. */
export const effectsHappenOnce: Invariant = {
  name: 'I4',
  claim: 'an order is captured at most once, refunded at most once, and has each event at most once',
  checkOrders: (slice) => ({
    checked: {
      ...(slice.records.ledger && {
        'captures at the gateway': sumOf(slice.records.ledger, ({ captures }) => captures),
        'refunds at the gateway': sumOf(slice.records.ledger, ({ refunds }) => refunds),
      }),
      events: sumOf(slice.records.histories, ({ eventList }) => slice.analyse(eventList).events.length),
    },
    violations: [
      ...checkEach(slice.records.ledger, (entry) => ledgerFaults(entry, slice)),
      ...checkEach(slice.records.histories, ({ eventList }) => eventFaults(eventList, slice)),
    ],
    ...(!slice.records.ledger && withoutLedger),
  }),
}

function* ledgerFaults({ orderId, captures, refunds }: LedgerEntry, { records: { payments } }: Slice): Faults {
  const allRefunds = refunds + (payments.get(orderId)?.byHand ? 1 : 0)
  if (captures > 1) yield `was captured ${captures} times`
  if (allRefunds > 1) yield `was refunded ${allRefunds} times`
}

function* eventFaults(eventList: string, { analyse }: Slice): Faults {
  for (const what of analyse(eventList).repeated) yield `has ${what} more than once`
}
