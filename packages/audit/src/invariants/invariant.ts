import type { Evidence } from '../evidence.ts'
import type { Verdict, Violation } from '../report.ts'

export interface Invariant {
  readonly name: string
  /** What must hold, in one sentence. */
  readonly claim: string
  readonly check: (evidence: Evidence) => Verdict | Promise<Verdict>
}

/** The violations among some faults of one subject: those that are so. */
export const violationsOf = (subject: string, faults: Readonly<Record<string, boolean>>): Violation[] =>
  Object.entries(faults).flatMap(([detail, isSo]) => (isSo ? [{ subject, detail }] : []))
