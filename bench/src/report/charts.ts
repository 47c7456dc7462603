/** The charts of the page about performance. */
import type { FigureName } from '../results/figures.ts'
import type { SummaryLine } from '../results/summary.ts'
import { type Bar, type BarChart, barChart } from './bar-chart.ts'
import { growthLines, withoutGrowth } from './growth.ts'

export interface Chart {
  readonly file: string
  readonly title: string
  readonly svg: string
}

type Titles = ReadonlyMap<string, string>
type MakeBar = (line: SummaryLine) => Omit<Bar, 'label'> | null

/** Charts without a bar are left out. */
export const charts = (lines: readonly SummaryLine[], titles: Titles): Chart[] => {
  const barsOf = (load: string, bar: MakeBar, those = withoutGrowth(lines)): Bar[] =>
    those.flatMap((line) => {
      const drawn = line.load === load ? bar(line) : null
      return drawn ? [{ label: titles.get(line.row) ?? line.row, ...drawn }] : []
    })
  const all: readonly (readonly [string, BarChart])[] = [
    [
      'throughput.svg',
      { title: 'Orders settled, 200 in flight', unit: 'per second', digits: 0, bars: barsOf('closed', rateBar) },
    ],
    [
      'latency.svg',
      {
        title: 'POST to settled at 50 orders per second, p50 and p99',
        unit: 'ms',
        digits: 0,
        bars: barsOf('50/s', latencyBar),
      },
    ],
    ['cpu-closed.svg', { title: 'CPU an order, 200 in flight', unit: 'ms', digits: 2, bars: barsOf('closed', cpuBar) }],
    [
      'cpu-50.svg',
      { title: 'CPU an order at 50 orders per second', unit: 'ms', digits: 1, bars: barsOf('50/s', cpuBar) },
    ],
    [
      'growth.svg',
      {
        title: 'Orders settled, 200 in flight, with stored orders',
        unit: 'per second',
        digits: 0,
        bars: barsOf('closed', rateBar, growthLines(lines)),
      },
    ],
  ]
  return all.flatMap(([file, chart]) =>
    chart.bars.length === 0 ? [] : [{ file, title: chart.title, svg: barChart(chart) }],
  )
}

const rateBar = ({ figures: { rate } }: SummaryLine): Omit<Bar, 'label'> | null =>
  rate ? { segments: [{ name: 'median', value: rate.median }], range: rate } : null

/** The bar ends at the 99th percentile, and the range is its. */
const latencyBar = ({ figures: { settledP50, settledP99 } }: SummaryLine): Omit<Bar, 'label'> | null =>
  settledP50 && settledP99
    ? {
        segments: [
          { name: 'p50', value: settledP50.median },
          { name: 'p99', value: settledP99.median - settledP50.median },
        ],
        range: settledP99,
      }
    : null

const kinds: readonly (readonly [FigureName, string])[] = [
  ['cpuServices', 'services'],
  ['cpuPostgres', 'Postgres'],
  ['cpuBroker', 'RabbitMQ'],
  ['cpuOther', 'other servers'],
]

const cpuBar = ({ figures }: SummaryLine): Omit<Bar, 'label'> | null =>
  figures.cpu
    ? {
        segments: kinds.flatMap(([name, title]) =>
          figures[name] ? [{ name: title, value: figures[name].median }] : [],
        ),
        value: figures.cpu.median,
        range: figures.cpu,
      }
    : null
