/** Columns of tables, as they are printed and as they are in docs/performance.md. */
import { distanceOf, type FloorLines } from './distance.ts'
import { type FigureName, figureDefinitions } from './figures.ts'
import type { Spread } from './statistics.ts'
import type { SummaryLine } from './summary.ts'
import { alignedTable } from './table.ts'

export interface Column {
  readonly title: string
  cell(line: SummaryLine): string
}

/** The median. */
export const figure = (title: string, name: FigureName): Column => ({
  title,
  cell: ({ figures }) => formatFigure(name, figures[name]?.median),
})

/** The median, and the range of the repeats if there are several. */
export const spread = (title: string, name: FigureName): Column => ({
  title,
  cell: ({ figures }) => formatSpread(name, figures[name]),
})

/** Several medians, separated by slashes. */
export const joined = (title: string, names: readonly FigureName[]): Column => ({
  title,
  cell: ({ figures }) => names.map((name) => formatFigure(name, figures[name]?.median)).join(' / '),
})

/** A dash without value. */
const formatFigure = (name: FigureName, value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(figureDefinitions[name].digits)

const formatSpread = (name: FigureName, values: Spread | undefined): string => {
  const median = formatFigure(name, values?.median)
  if (!values || values.count < 2) return median
  return `${median} (${formatFigure(name, values.min)}–${formatFigure(name, values.max)})`
}

/** A line with a wrong repeat has the word in place of its first figure, and no other. */
export const tableOf = (
  lines: readonly SummaryLine[],
  columns: readonly Column[],
  nameOf: (line: SummaryLine) => string,
): string => {
  const cells = (line: SummaryLine) =>
    columns.map(({ cell }, index) => (line.wrong.length === 0 ? cell(line) : index === 0 ? 'wrong' : ''))
  const head = ['', ...columns.map(({ title }) => title)]
  return alignedTable([head, ...lines.map((line) => [nameOf(line), ...cells(line)])], 1)
}

export const cpuByProcess = joined('services / Postgres / RabbitMQ / other', [
  ...(['cpuServices', 'cpuPostgres', 'cpuBroker', 'cpuOther'] as const),
])

export const memory = joined('all processes / largest, MB', ['residentAll', 'resident'])

export const idleColumns: readonly Column[] = [
  joined('% of a core: services / Postgres / RabbitMQ / other', [
    ...(['coreServices', 'corePostgres', 'coreBroker', 'coreOther'] as const),
  ]),
  figure('transactions/s', 'transactions'),
  memory,
  joined('others / stolen, %', ['others', 'stolen']),
]

const microseconds = (title: string, name: FigureName): Column => ({
  title,
  cell: ({ figures }) => (figures[name] ? (figures[name].median * 1_000).toFixed(0) : '–'),
})

/** For lines that are floors. */
export const floorColumns: readonly Column[] = [
  spread('per second', 'rate'),
  microseconds('CPU each, µs', 'cpu'),
  microseconds('client', 'cpuServices'),
  microseconds('Postgres', 'cpuPostgres'),
  microseconds('RabbitMQ', 'cpuBroker'),
  joined('others / stolen, %', ['others', 'stolen']),
]

/** For lines with a distance from these floors. */
export const distanceColumns = (floors: FloorLines): readonly Column[] => {
  const column = (title: string, show: (distance: NonNullable<ReturnType<typeof distanceOf>>) => string): Column => ({
    title,
    cell: (line) => {
      const distance = distanceOf(line, floors)
      return distance ? show(distance) : '–'
    },
  })
  return [
    figure('settled/s', 'rate'),
    column('floor', ({ floorRate }) => floorRate.toFixed(0)),
    column('share of the floor', ({ rateShare }) => `${(rateShare * 100).toFixed(0)} %`),
    figure('CPU an order, ms', 'cpu'),
    column('floor, ms', ({ floorCpu }) => floorCpu.toFixed(2)),
    column('times the floor', ({ cpuTimes }) => `${cpuTimes.toFixed(1)}×`),
  ]
}
