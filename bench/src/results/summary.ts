/** Summarises the repeats of each row under each load. */
import { type FigureName, figureNames } from './figures.ts'
import type { RunResult } from './result.ts'
import { type Spread, spreadOf } from './statistics.ts'

export interface SummaryLine {
  readonly row: string
  readonly load: string
  /** The median and the spread of the repeats. */
  readonly figures: Readonly<Partial<Record<FigureName, Spread>>>
  /** Why repeats were not right. A line with such a repeat has no figures. */
  readonly wrong: readonly string[]
}

/** The suffix of loads that only count. Their counts belong to the load without the suffix. */
const countedSuffix = '-counted'

/** One line for each row and load, in the order of their first runs. */
export const summarizeRuns = (runs: readonly RunResult[]): SummaryLine[] => {
  const groups = Map.groupBy(runs, ({ row, load }) => `${row} ${load.replace(countedSuffix, '')}`)
  return [...groups.values()].map((group) => {
    const [{ row, load } = { row: '', load: '' }] = group
    const wrong = group.flatMap((run) => run.wrong ?? [])
    return { row, load: load.replace(countedSuffix, ''), wrong, figures: wrong.length > 0 ? {} : spreads(group) }
  })
}

const spreads = (group: readonly RunResult[]): SummaryLine['figures'] =>
  Object.fromEntries(
    figureNames.flatMap((name) => {
      const values = group.flatMap(({ figures }) => figures[name] ?? [])
      return values.length === 0 ? [] : [[name, spreadOf(values)]]
    }),
  )
