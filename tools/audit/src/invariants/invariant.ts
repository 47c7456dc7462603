import type { ExternalFacts } from '../external-facts.ts'
import type { IsInProgress } from '../in-progress.ts'
import type { Ledger } from '../records/ledger-record.ts'
import type { Records } from '../records/records.ts'
import type { Verdict, Violation } from '../report.ts'
import type { Snapshots } from '../snapshots.ts'
import type { Stories } from './story.ts'

/** Some of the orders, with the records of every service about them. */
export interface Slice {
  readonly records: Records
  readonly stories: Stories
  readonly isInProgress: IsInProgress
}

/** The system under audit, apart from single orders. */
export interface Scene {
  readonly snapshots: Snapshots
  readonly facts: ExternalFacts
  /** The gateway's ledger. Without one it is not checked, which is the default. */
  readonly ledger?: Ledger | null | undefined
  /** Whether all work must be finished. Otherwise work may wait for some time. */
  readonly atRest: boolean
  /** Queues hold no messages about orders that have not changed for longer than this, ms. Absent at rest. */
  readonly drainedMs?: () => number
}

export interface Invariant {
  /** As in docs/audit.md: I1, for example. */
  readonly name: string
  /** The invariant in one sentence. */
  readonly claim: string
  /** Checks each order. */
  readonly ofOrders?: (slice: Slice) => Verdict
  /** Checks tables and queues as a whole. */
  readonly ofWhole?: (scene: Scene) => Promise<Verdict>
}

/** The verdict on a check that needs a ledger if there is none. */
export const withoutLedger = { notChecked: 'no ledger' } as const

/**
 * Faults, each worded as a sentence without its subject. Usually a generator, so that no texts are built unnecessarily.
 */
export type Faults = Iterable<string>

export const violationsOf = (subject: string, faults: Faults): Violation[] =>
  Array.from(faults, (detail) => ({ subject, detail }))

/** The violations of all entries. Written as a loop, because almost all of very many entries have none. */
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
