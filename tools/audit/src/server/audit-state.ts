/** The answer of the server of the audit, as JSON. Times are in UTC, as in ISO 8601. */
import type { Progress } from '../audit-live.ts'
import { isAboutOrders } from '../examine.ts'
import { figuresOf } from '../format.ts'
import { isOrderId } from '../order-id.ts'
import type { Finding, Report, Violation } from '../report.ts'

export interface AuditState {
  /** The run in progress, or null. */
  readonly running: RunningAudit | null
  /** The last run that has read everything. Null before the first. */
  readonly result: AuditResult | null
  /** Why the last run has no result, such as a database that does not answer. Null if it has one. */
  readonly failure: { readonly at: string; readonly reason: string } | null
}

export interface RunningAudit extends Progress {
  readonly startedAt: string
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

const maxListed = 100

export interface Times {
  readonly startedAt: Date
  readonly endedAt: Date
  readonly tookMs: number
}

/** The result of a run. `before` is that of the run before, which says since when an invariant is in its state. */
export const resultOf = (
  { findings }: Report,
  { startedAt, endedAt, tookMs }: Times,
  before: AuditResult | null,
): AuditResult => ({
  startedAt: startedAt.toISOString(),
  endedAt: endedAt.toISOString(),
  tookMs: Math.round(tookMs),
  ok: findings.every((finding) => wrongIn(finding).length === 0),
  invariants: findings.map((finding) => {
    const holds = wrongIn(finding).length === 0
    const earlier = before?.invariants.find(({ invariant }) => invariant === finding.invariant)
    return { ...listed(finding), since: earlier?.ok === holds ? earlier.since : endedAt.toISOString() }
  }),
})

const listed = (finding: Finding) => {
  const { invariant, claim, checked } = finding
  const wrong = wrongIn(finding)
  return {
    invariant,
    claim,
    ok: wrong.length === 0,
    figures: figuresOf(checked),
    nothingToCheck: Object.values(checked).every((count) => count === 0),
    notChecked: gapsIn(finding),
    violationCount: wrong.length,
    violations: wrong.slice(0, maxListed).map(({ subject, orderId, detail }) => ({
      subject,
      orderId: orderId ?? (isAboutOrders(invariant) && isOrderId(subject) ? subject : null),
      detail,
    })),
  }
}

const wrongIn = ({ violations }: Finding): Violation[] => violations.filter(({ unchecked }) => !unchecked)

/** A queue without an answer is not a violation here: the shop keeps its promises while RabbitMQ can't be reached. */
const gapsIn = ({ notChecked, violations }: Finding): string | null => {
  const unchecked = violations.filter((violation) => violation.unchecked)
  const [first] = unchecked
  const gaps = [
    ...(notChecked === undefined ? [] : [notChecked]),
    ...(first ? [`${first.subject} (${first.detail})`] : []),
    ...(unchecked.length > 1 ? [`${unchecked.length - 1} more`] : []),
  ]
  return gaps.length > 0 ? gaps.join(', ') : null
}
