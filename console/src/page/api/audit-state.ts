/** The answer of the audit, as far as the page reads it. A test compares it with the type of the audit. */

export interface AuditState {
  readonly running: RunningAudit | null
  readonly result: AuditResult | null
  readonly failure: { readonly at: string; readonly reason: string } | null
}

export interface RunningAudit {
  /** `confirming`: suspected violations are examined again. */
  readonly step: 'examining' | 'confirming'
  /** Parts of the orders that have been examined in this step. */
  readonly done: number
  readonly of: number
}

export interface AuditResult {
  readonly endedAt: string
  readonly tookMs: number
  readonly ok: boolean
  readonly invariants: readonly InvariantResult[]
}

export interface InvariantResult {
  /** Such as I1. */
  readonly invariant: string
  readonly claim: string
  readonly ok: boolean
  /** Since when it is in this state, as far as this audit has seen. */
  readonly since: string
  /** The number of checked items of each kind, such as "1,234 orders". */
  readonly figures: readonly string[]
  /** True if all figures are 0, so that the check has proved nothing. */
  readonly nothingToCheck: boolean
  readonly notChecked: string | null
  readonly violationCount: number
  /** The first of them. */
  readonly violations: readonly ListedViolation[]
}

export interface ListedViolation {
  readonly subject: string
  /** The subject, if it is an order. */
  readonly orderId: string | null
  /** A sentence without its subject. */
  readonly detail: string
}
