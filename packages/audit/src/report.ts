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
}

export interface Finding extends Verdict {
  /** I1 to I8. */
  readonly invariant: string
  /** What must hold. */
  readonly claim: string
}

export interface Report {
  /** True where no invariant is broken. */
  readonly ok: boolean
  readonly findings: readonly Finding[]
}

/** For people: a line for each invariant, and below it the first violations, `show` of each. Default 10. */
export const formatReport = ({ findings }: Report, show = 10): string =>
  findings.flatMap((finding) => [headline(finding), ...details(finding, show)]).join('\n')

const headline = ({ invariant, claim, checked, violations }: Finding): string => {
  const figures = Object.entries(checked).map(([what, count]) => `${count.toLocaleString('en')} ${what}`)
  const mark = violations.length === 0 ? '✓' : '✗'
  return `${mark} ${invariant} ${claim} (${figures.join(', ')})`
}

const details = ({ violations }: Finding, show: number): string[] => {
  const shown = violations.slice(0, show).map(({ subject, detail }) => `    ${subject}: ${detail}`)
  const more = violations.length - shown.length
  return more > 0 ? [...shown, `    and ${more.toLocaleString('en')} more`] : shown
}
