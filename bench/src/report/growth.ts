/** The rows with stored orders, beside those without. */
import { storedRows } from '../plan/rows.ts'
import { figure, spread } from '../results/columns.ts'
import type { FigureName } from '../results/figures.ts'
import type { SummaryLine } from '../results/summary.ts'
import { alignedTable } from '../results/table.ts'

/** By row, the same form of the product without stored orders. */
const baseOf: ReadonlyMap<string, string> = new Map(storedRows.map(({ id, mode }) => [id, mode]))

export const withoutGrowth = (lines: readonly SummaryLine[]): SummaryLine[] =>
  lines.filter(({ row }) => !baseOf.has(row))

/** The lines of rows with stored orders, and of the rows that they are compared with. Empty without the former. */
export const growthLines = (lines: readonly SummaryLine[]): SummaryLine[] => {
  const measured = new Set(lines.flatMap(({ row }) => (baseOf.has(row) ? [row, baseOf.get(row)] : [])))
  return lines.filter(({ row }) => measured.has(row))
}

/** A line for each row. Null if no orders were stored. @param titles - the titles of the rows by id */
export const growthTable = (lines: readonly SummaryLine[], titles: ReadonlyMap<string, string>): string | null => {
  const rows = [...new Set(growthLines(lines).map(({ row }) => row))]
  if (rows.length === 0) return null
  const lineOf = (row: string, load: string) => lines.find((line) => line.row === row && line.load === load)
  const cells = (row: string): string[] => {
    const [closed, open] = [lineOf(row, 'closed'), lineOf(row, '50/s')]
    const empty = lineOf(baseOf.get(row) ?? row, 'closed')
    if (closed?.wrong.length || open?.wrong.length) return ['wrong', '', '', '', '', '', '', '']
    return [
      ...[cell(closed, 'rate'), share('rate', closed, empty), cell(closed, 'settledP99')],
      ...[cell(closed, 'cpu'), share('cpu', closed, empty)],
      ...[cell(open, 'settledP50'), cell(open, 'settledP99'), median(open, 'cpu')],
    ]
  }
  return alignedTable([head, ...rows.map((row) => [titles.get(row) ?? row, ...cells(row)])], 1)
}

const head = [
  ...['', 'settled/s', 'relative to none', 'p99, ms', 'CPU an order, ms', 'relative to none'],
  ...['50/s: p50, ms', 'p99, ms', 'CPU an order, ms'],
]

const cell = (line: SummaryLine | undefined, name: FigureName): string => (line ? spread('', name).cell(line) : '–')

const median = (line: SummaryLine | undefined, name: FigureName): string => (line ? figure('', name).cell(line) : '–')

const share = (name: FigureName, line: SummaryLine | undefined, base: SummaryLine | undefined): string => {
  const [value, of] = [line?.figures[name]?.median, base?.figures[name]?.median]
  return value === undefined || of === undefined ? '–' : `${((value / of) * 100).toFixed(0)} %`
}
