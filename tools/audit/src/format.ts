/** Formats a report for people. */
import type { Finding, Report, Violation } from './report.ts'

/** How many subjects are named per kind of violation. */
const namedSubjects = 3

/**
 * One line for each invariant with its figures, followed by its violations, the most frequent first: at most `show` kinds
 * (default 10), and the number of the others.
 */
export const formatReport = ({ findings }: Report, show = 10): string =>
  findings.flatMap((finding) => [headline(finding), ...details(finding, show)]).join('\n')

const headline = ({ invariant, claim, checked, violations, notChecked }: Finding): string => {
  const gap = notChecked === undefined ? '' : `; not checked: ${notChecked}`
  const mark = violations.length === 0 ? '✓' : '✗'
  return `${mark} ${invariant}: ${claim} (${figuresOf(checked).join(', ')}${gap})`
}

/** Such as "1,234 orders". */
export const figuresOf = (checked: Finding['checked']): string[] =>
  Object.entries(checked).map(([what, count]) => `${count.toLocaleString('en')} ${named(what, count)}`)

/** The names of figures are plural, such as `histories` or `minor units of EUR captured`. */
const named = (what: string, count: number): string => {
  if (count !== 1) return what
  return /^\w+ies\b/.test(what) ? what.replace(/ies\b/, 'y') : what.replace(/^(minor )?(\w+?)s\b/, '$1$2')
}

const details = ({ violations }: Finding, show: number): string[] => {
  const alike = [...Map.groupBy(violations, ({ detail }) => detail).values()].sort((a, b) => b.length - a.length)
  const more = alike.slice(show).flat().length
  return [...alike.slice(0, show).map(line), ...(more > 0 ? [`    and ${more.toLocaleString('en')} more`] : [])]
}

/** One violation as a sentence. Equal violations are counted. */
const line = (alike: readonly Violation[]): string => {
  const detail = alike[0]?.detail
  const names = alike.slice(0, namedSubjects).map(({ subject }) => subject)
  if (alike.length === 1) return `    ${names[0]}: ${detail}`
  return `    ${alike.length.toLocaleString('en')} × ${detail}: ${names.join(', ')}${alike.length > names.length ? ' …' : ''}`
}

/** The report as JSON, in parts, because the text of very many violations would be too long for one string. */
export function* jsonOf({ ok, findings }: Report): Generator<string> {
  yield `{"ok":${ok},"findings":[`
  for (const [index, { violations, ...finding }] of findings.entries()) {
    yield `${index > 0 ? ',' : ''}\n${JSON.stringify(finding).slice(0, -1)},"violations":[`
    for (const [place, violation] of violations.entries())
      yield `${place > 0 ? ',' : ''}\n  ${JSON.stringify(violation)}`
    yield ']}'
  }
  yield '\n]}\n'
}

/** The last line: whether all invariants hold, and how long the audit took. */
export const verdictOn = ({ ok, findings }: Report, tookMs: number): string => {
  const seconds = `${(tookMs / 1_000).toFixed(1)} s`
  const gaps = Map.groupBy(
    findings.filter(({ notChecked }) => notChecked),
    ({ notChecked }) => notChecked,
  )
  const listed = [...gaps].map(([gap, alike]) => `${alike.map(({ invariant }) => invariant).join(', ')}: ${gap}`)
  const caveat = listed.length > 0 ? `, except for parts that were not checked (${listed.join('; ')})` : ''
  if (ok) return `All ${findings.length} invariants hold${caveat} (${seconds}).`
  const broken = findings.filter(({ violations }) => violations.length > 0).map(({ invariant }) => invariant)
  return `Violated: ${broken.join(', ')} (${seconds}). Possible causes: docs/audit.md.`
}
