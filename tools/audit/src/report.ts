/** What an audit says: a finding for each invariant, with figures, and the orders that break it. */

export interface Violation {
  /** The order's id; where it is about none alone, the SKU, the idempotency key, the table or the queue. */
  readonly subject: string
  readonly detail: string
}

/** What an invariant finds out. */
export interface Verdict {
  /** What was looked at, and how much of it: an audit that saw nothing proves nothing. */
  readonly checked: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
  /** Why a part of it could not be checked. Absent if all was. */
  readonly notChecked?: string
}

export interface Finding extends Verdict {
  /** As in docs/audit.md: I1, say. */
  readonly invariant: string
  /** What must hold. */
  readonly claim: string
}

export interface Report {
  /** True where no invariant is broken. */
  readonly ok: boolean
  readonly findings: readonly Finding[]
}
