import type { IsUnderWay } from '../patience.ts'
import type { Ledger } from '../records/ledger-record.ts'
import type { Records } from '../records/records.ts'
import type { Verdict, Violation } from '../report.ts'
import type { Snapshots } from '../snapshots.ts'
import type { Witness } from '../witness.ts'
import type { Stories } from './story.ts'

/** Some of the orders, with what every service has in its books about them. */
export interface Slice {
  readonly records: Records
  readonly stories: Stories
  readonly isUnderWay: IsUnderWay
}

/** What there is beside the single orders. */
export interface Scene {
  readonly snapshots: Snapshots
  readonly witness: Witness
  /** The gateway's side of the money. Default: none, and then it isn't checked. */
  readonly ledger?: Ledger | null | undefined
  /** Whether everything should be done: else what waits may do so for a while. */
  readonly atRest: boolean
  /** For how long an order must not have changed so that no queue holds messages about it any more, ms. Unknown at rest. */
  readonly drainedMs?: () => number
}

export interface Invariant {
  /** As in docs/audit.md: I1, say. */
  readonly name: string
  /** What must hold, in one sentence. */
  readonly claim: string
  /** What must hold of each order. */
  readonly ofOrders?: (slice: Slice) => Verdict
  /** What must hold of tables and queues as a whole. */
  readonly ofWhole?: (scene: Scene) => Promise<Verdict>
}

/** What an invariant leaves out without a ledger. */
export const withoutLedger = { notChecked: 'no ledger' } as const

/** What is wrong, each in a sentence whose subject is left out. A generator, so that nothing is put in words in vain. */
export type Faults = Iterable<string>

export const violationsOf = (subject: string, faults: Faults): Violation[] =>
  Array.from(faults, (detail) => ({ subject, detail }))

/** The violations of each entry. Loops, as nearly all of very many have none. */
export const ofEach = <Value>(
  records: ReadonlyMap<string, Value>,
  faultsOf: (value: Value, orderId: string) => Faults,
): Violation[] => {
  const violations: Violation[] = []
  for (const [subject, value] of records) {
    for (const detail of faultsOf(value, subject)) violations.push({ subject, detail })
  }
  return violations
}

export const sumOf = <Value>(records: ReadonlyMap<string, Value>, of: (value: Value) => number): number => {
  let sum = 0
  for (const value of records.values()) sum += of(value)
  return sum
}
