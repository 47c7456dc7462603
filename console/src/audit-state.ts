/** The interface of the audit, which `npm run audit -- --serve` offers: its answer as JSON. Times are in UTC, as in ISO 8601. */

export interface AuditState {
  /** The run in progress, or null. */
  readonly running: RunningAudit | null
  /** The last run that has read everything. Null before the first. */
  readonly result: AuditResult | null
  /** Why the last run has no result, such as a database that does not answer. Null if it has one. */
  readonly failure: { readonly at: string; readonly tookMs: number; readonly reason: string } | null
}

export interface RunningAudit {
  readonly startedAt: string
  /** `confirming`: suspected violations are examined again, or the queues are watched, until the grace period is over. */
  readonly step: 'examining' | 'confirming'
  /** Slices of orders that have been examined in this step. */
  readonly done: number
  readonly of: number
}

export interface AuditResult {
  readonly startedAt: string
  readonly endedAt: string
  readonly tookMs: number
  readonly ok: boolean
  readonly invariants: readonly InvariantResult[]
}

export interface InvariantResult {
  /** As in docs/audit.md: I1, for example. */
  readonly invariant: string
  readonly claim: string
  readonly ok: boolean
  /** When the first run ended that found this state, without another state since then. */
  readonly since: string
  /** The number of checked items of each kind, such as "1,234 orders". */
  readonly figures: readonly string[]
  /** True if all figures are 0, so that the check has proved nothing. */
  readonly nothingToCheck: boolean
  /** The reason why a part could not be checked. Null if everything was. */
  readonly notChecked: string | null
  readonly violationCount: number
  /** The first of them, 100 at most. */
  readonly violations: readonly ListedViolation[]
}

export interface ListedViolation {
  /** The id of the order or dead letter, or the SKU, idempotency key, table or queue. */
  readonly subject: string
  /** The subject, if it is an order. */
  readonly orderId: string | null
  /** A sentence without its subject. */
  readonly detail: string
}
