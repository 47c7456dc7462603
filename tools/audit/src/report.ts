/** The report of an audit: a finding for each invariant, with figures, and the orders that violate it. */

export interface Violation {
  /** The id of the order or dead letter, or the SKU, idempotency key, table or queue. */
  readonly subject: string
  /** The order that it concerns, if the subject is an order of an invariant that is not about orders. */
  readonly orderId?: string
  readonly detail: string
  /** It could not be checked, so it may be in order. Absent: it is wrong. */
  readonly unchecked?: true
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
