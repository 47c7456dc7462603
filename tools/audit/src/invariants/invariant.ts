import type { Ledger } from '@quadrille/payment/gateway'
import type { ExternalFacts } from '../external-facts.ts'
import type { IsInProgress } from '../in-progress.ts'
import type { Records } from '../records/records.ts'
import type { Verdict, Violation } from '../report.ts'
import type { Snapshots } from '../snapshots.ts'
import type { AnalyseHistory } from './history-analysis.ts'

/** Some of the orders, with the records of every service about them. */
export interface Slice {
  readonly records: Records
  readonly analyse: AnalyseHistory
  readonly isInProgress: IsInProgress
}

/** The input of an audit: the databases, further facts, and the mode. */
export interface AuditContext {
  readonly snapshots: Snapshots
  readonly facts: ExternalFacts
  /** The gateway's ledger. Default: none, and the gateway is not checked. */
  readonly ledger?: Ledger | null | undefined
  /** Whether all work must be finished. On a live system work may still wait. */
  readonly atRest: boolean
  /** See `DrainWatch`, at the time of the snapshots. Absent at rest. */
  readonly drainedMs?: number
  /** Called before each slice of orders, and after the last one. It may throw, which ends the examination. */
  readonly onSlice?: (done: number, of: number) => void
}

export interface Invariant {
  /** As in docs/audit.md: I1, for example. */
  readonly name: string
  /** The invariant in one sentence. */
  readonly claim: string
  /** Checks the orders of a slice. */
  readonly checkOrders?: (slice: Slice) => Verdict
  /** Checks tables and queues as a whole. */
  readonly checkSystem?: (context: AuditContext) => Promise<Verdict>
}

/** The part of a verdict on a check that needs a ledger, in an audit without one. */
export const withoutLedger = { notChecked: 'no ledger' } as const

/**
 * Faults, each worded as a sentence without its subject. Usually a generator, because most records have no faults.
 */
export type Faults = Iterable<string>

export const violationsOf = (subject: string, faults: Faults): Violation[] =>
  Array.from(faults, (detail) => ({ subject, detail }))

/**
 * The violations of all records. They are null for a ledger that is not read. A loop is faster than `flatMap`
 * here, because few of very many records have any.
 */
export const checkEach = <Value>(
  records: ReadonlyMap<string, Value> | null,
  faultsOf: (value: Value, orderId: string) => Faults,
): Violation[] => {
  const violations: Violation[] = []
  for (const [subject, value] of records ?? []) {
    for (const detail of faultsOf(value, subject)) violations.push({ subject, detail })
  }
  return violations
}

export const sumOf = <Value>(records: { values(): Iterable<Value> }, of: (value: Value) => number): number => {
  let sum = 0
  for (const value of records.values()) sum += of(value)
  return sum
}
