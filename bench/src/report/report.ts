/** The content of docs/performance: a page and charts, from the summary of a result file. */
import { describeHeader } from '../results/header.ts'
import type { Header } from '../results/result.ts'
import type { SummaryLine } from '../results/summary.ts'
import { charts } from './charts.ts'
import { headline } from './headline.ts'
import { sections, type Tables } from './sections.ts'

/** The content of `docs/performance/results.json`. */
export interface Report extends Tables {
  readonly header: Omit<Header, 'args'>
  /** A paragraph about this run, which follows its description. */
  readonly note?: string
  /** The titles of the rows by id. */
  readonly titles: Readonly<Record<string, string>>
  /** The titles of the usual rows that this run has left out. */
  readonly notMeasured: readonly string[]
}

/** How often a row was measured, at most: a load that a row can't do has fewer figures. */
const mostRepeats = (lines: readonly SummaryLine[]): number =>
  Math.max(0, ...lines.flatMap(({ figures: { rate } }) => rate?.count ?? []))

/** The page and the charts, by their paths below `docs`. */
export const renderReport = (report: Report): ReadonlyMap<string, string> => {
  const titles = new Map(Object.entries(report.titles))
  const drawn = charts(report.lines, titles)
  const { header, note, lines, notMeasured } = report
  const median =
    mostRepeats(lines) > 1
      ? 'A figure is the median of the repeats, with their range in brackets.'
      : 'Each row was measured once, so that no figure has a range.'
  const page = [
    '<!-- Generated; do not edit. Run: npm run bench -- --report FILE -->',
    '# Performance',
    ['This page compares Quadrille with other systems that process the same orders.', ...headline(lines)].join(' '),
    `All figures are of one run, ${describeHeader(header)}. [The benchmark](../bench/README.md) explains each row and column, and how they can mislead. On one machine, figures of different days differed by up to a factor of 2, and ratios of rows by up to 1.4. So compare figures of one run only. The command was \`${header.command}\`.`,
    ...(notMeasured.length === 0
      ? []
      : ['Not measured in this run:', notMeasured.map((title) => `- ${title}`).join('\n')]),
    ...(note === undefined ? [] : [note]),
    `${median} All systems share the machine with the load. Unless the row states otherwise, Postgres has its default settings, and orders have one line of the same SKU. That favours Quadrille, which locks the row of a popular SKU once for many orders.`,
    'The systems settle an order at different points. Quadrille and the choreographies with amqplib settle it before its goods leave the stock and before its customer is notified. DBOS and Restate take the goods out of the stock in the same statement, and notify the customer afterwards. DBOS tuned does all three in one transaction. So the latencies of Quadrille leave out one or two statements that those of DBOS and Restate contain.',
    ...drawn.map(({ file, title }) => `![${title}](performance/${file})`),
    ...sections(report, titles),
  ]
  return new Map([
    ['performance.md', `${page.join('\n\n')}\n`],
    ...drawn.map(({ file, svg }) => [`performance/${file}`, svg] as const),
  ])
}
