/** The content of docs/performance: a page and charts, from the summary of a result file. */
import { describeHeader } from '../results/describe.ts'
import type { Header } from '../results/result.ts'
import type { SummaryLine } from '../results/summary.ts'
import { charts } from './charts.ts'
import { sections, type Tables } from './sections.ts'

/** The content of `docs/performance/results.json`. */
export interface Report extends Tables {
  readonly header: Omit<Header, 'args'>
  /** A paragraph about this run, which follows its command. */
  readonly note?: string
  /** The titles of the rows by id. */
  readonly titles: Readonly<Record<string, string>>
}

/** How often each row was measured at least. */
export const fewestRepeats = (lines: readonly SummaryLine[]): number =>
  Math.min(...lines.flatMap(({ figures: { rate } }) => rate?.count ?? []))

/** The page and the charts, by their paths below `docs`. */
export const renderReport = (report: Report): ReadonlyMap<string, string> => {
  const titles = new Map(Object.entries(report.titles))
  const drawn = charts(report.lines, titles)
  const { header, note, lines } = report
  const median =
    fewestRepeats(lines) > 1
      ? 'A figure is the median of the repeats, with their range in brackets.'
      : 'Each row was measured once, so that no figure has a range.'
  const page = [
    '<!-- Generated; do not edit. Run: npm run bench -- --report FILE -->',
    '# Performance',
    `The figures of one run of \`${header.command}\`: ${describeHeader(header)}. [The benchmark](../bench/README.md) explains each row and column, and how they can mislead. Figures of different days differ by up to 1.4, so compare figures of one run only.`,
    ...(note === undefined ? [] : [note]),
    `${median} All systems use the same Postgres server with its default settings, and share the machine with the load. Orders have one line of the same SKU, unless the row states otherwise.`,
    ...drawn.map(({ file, title }) => `![${title}](performance/${file})`),
    ...sections(report, titles),
  ]
  return new Map([
    ['performance.md', `${page.join('\n\n')}\n`],
    ...drawn.map(({ file, svg }) => [`performance/${file}`, svg] as const),
  ])
}
