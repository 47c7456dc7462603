/** The report of a run as the server of the audit answers it. */
import type { AuditResult } from '@quadrille/console/audit-state'
import { isAboutOrders } from '../examine.ts'
import { figuresOf } from '../format.ts'
import { isOrderId } from '../order-id.ts'
import type { Finding, Report, Violation } from '../report.ts'

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
