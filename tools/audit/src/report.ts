/** The report of an audit: a finding for each invariant, with figures, and the orders that violate it. */

export interface Violation {
  /** The id of the order or dead letter, or the SKU, idempotency key, table or queue. */
  readonly subject: string
  readonly detail: string
}

/** The result of one invariant. */
export interface Verdict {
  /** The number of checked items by kind. An audit without data proves nothing. */
  readonly checked: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
  /** The reason why a part could not be checked. Absent if everything was. */
  readonly notChecked?: string
}

export interface Finding extends Verdict {
  /** As in docs/audit.md: I1, for example. */
  readonly invariant: string
  /** The invariant in one sentence. */
  readonly claim: string
}

export interface Report {
  /** True if no invariant is violated. */
  readonly ok: boolean
  readonly findings: readonly Finding[]
}
