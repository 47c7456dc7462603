/** The shape of all comparisons and examples that `npm run patterns` runs. */
import type { BarChart } from '../src/report/bar-chart.ts'
import type { LineChart } from '../src/report/line-chart.ts'
import type { Header } from '../src/results/result.ts'
import type { Servers } from '../src/systems/servers.ts'

/** Resolves to the figures. @throws if a check of what it measures fails: then there are no figures. */
export type Comparison = (context: Context) => Promise<Results>

export interface Context {
  /** Each is started at the first use, and stopped after the run. */
  readonly servers: Servers
  /** True for a run that shows that all works, in seconds. Its figures mean nothing. */
  readonly quick: boolean
  /** Prints a line about the progress. */
  readonly log: (line: string) => void
}

/** The tables and charts of a page. They can be written as JSON. */
export interface Results {
  readonly tables: readonly Table[]
  readonly charts: readonly Chart[]
}

/** The record of a run, kept by `--write`, so that its page can be checked and written again without a new run. */
export interface RunRecord {
  readonly header: Omit<Header, 'args'>
  readonly results: Results
}

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  /** The number of columns at the left that are aligned left, as texts. Default: 1. */
  readonly textColumns?: number
  /** Rounded texts, one for each column. */
  readonly rows: readonly (readonly string[])[]
}

export type Chart = ({ readonly kind: 'bars' } & BarChart) | ({ readonly kind: 'lines' } & LineChart)
