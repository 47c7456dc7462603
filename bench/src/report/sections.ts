/** The tables of the page about performance. */
import { isDecided, type Judged, verdictTable } from '../compare/verdicts.ts'
import { type FloorName, floorLoads } from '../plan/loads.ts'
import {
  type Column,
  cpuByProcess,
  distanceColumns,
  figure,
  floorColumns,
  idleColumns,
  joined,
  memory,
  spread,
  tableOf,
} from '../results/columns.ts'
import { distanceOf } from '../results/distance.ts'
import type { FigureName } from '../results/figures.ts'
import type { SummaryLine } from '../results/summary.ts'
import { growthTable, withoutGrowth } from './growth.ts'

/** The peer that all rows are compared with: the first of these that was measured under the same load. */
const yardsticks = [
  { row: 'dbos-tuned', peer: 'DBOS tuned' },
  { row: 'dbos', peer: 'DBOS' },
]

/** The content of the tables. */
export interface Tables {
  readonly lines: readonly SummaryLine[]
  /** Rows that differ in one thing, compared in pairs of runs. */
  readonly pairs: readonly Judged[]
}

/** Headings and tables, without those that have no lines. @param titles - the titles of the rows by id */
export const sections = ({ lines: all, pairs }: Tables, titles: ReadonlyMap<string, string>): string[] => {
  const lines = withoutGrowth(all)
  const nameOf = ({ row, load }: SummaryLine) => (floorNames.has(load) ? load : (titles.get(row) ?? row))
  const section = (heading: string, those: readonly SummaryLine[], columns: readonly Column[]): string[] =>
    those.length === 0 ? [] : [`## ${heading}`, tableOf(those, columns, nameOf)]
  const under = Map.groupBy(lines, ({ load }) => (floorNames.has(load) ? 'floors' : load))
  const { closed = [], idle = [], floors = [], ...open } = Object.fromEntries(under)
  const growth = growthTable(all, titles)
  const floorOf = (name: FloorName) => floors.find(({ load }) => floorNames.get(load) === name)
  const floorLines = {
    rows: floorOf('rows-batched'),
    messages: floorOf('messages'),
    counted: closed.find(({ row }) => row === 'rabbitmq'),
  }
  return [
    ...section('Throughput: 200 orders in flight', closed, [rate, ...timesOf(closed, 'rate', ''), ...latency, ...cpu]),
    ...Object.entries(open).flatMap(([load, those]) =>
      section(headingOf(load), those, [rate, ...latency, accepted, ...cpu, late, ...timesOf(those, 'cpu', 'CPU ')]),
    ),
    ...verdicts(pairs),
    ...(growth === null ? [] : ['## Stored orders and dead letters', growth]),
    ...section('Resources of an order at the highest throughput', closed, resources),
    ...section('Resources of an order at 50 orders per second', open['50/s'] ?? [], resources),
    ...section('Without orders', idle, idleColumns),
    ...section('Floors of the machine', floors, floorColumns),
    ...section(
      'Distance from the floors at the highest throughput',
      closed.filter((line) => distanceOf(line, floorLines) !== null),
      distanceColumns(floorLines),
    ),
    ...wrongRuns(all, nameOf),
  ]
}

const floorNames: ReadonlyMap<string, FloorName> = new Map(floorLoads.map(({ id, floor }) => [id, floor]))

const headingOf = (load: string): string =>
  load === 'half' ? 'Half of the throughput' : `${load.replace('/s', '')} orders per second`

/** A table of the decided ones, and the number of the others. */
const verdicts = (pairs: readonly Judged[]): string[] => {
  const decided = pairs.filter(isDecided)
  const undecided = pairs.length - decided.length
  return [
    ...(pairs.length === 0 ? [] : ['## Rows that differ in one thing']),
    ...(decided.length === 0 ? [] : [verdictTable(decided)]),
    ...(undecided === 0
      ? []
      : [`${undecided} of ${pairs.length} comparisons are undecided: the difference may be chance.`]),
  ]
}

const wrongRuns = (lines: readonly SummaryLine[], nameOf: (line: SummaryLine) => string): string[] => {
  const reasons = lines.flatMap((line) => line.wrong.map((reason) => `- ${nameOf(line)}: ${reason.split('\n')[0]}`))
  return reasons.length === 0 ? [] : ['## Wrong runs', [...new Set(reasons)].join('\n')]
}

/** The median of the yardstick. Undefined if none was measured, and with the load `half`, which is another rate for each row. */
export const yardstickOf = (lines: readonly SummaryLine[], name: FigureName) =>
  yardsticks
    .flatMap(({ row, peer }) => {
      const median = lines.find((line) => line.row === row && line.load !== 'half')?.figures[name]?.median
      return median === undefined ? [] : { peer, median }
    })
    .at(0)

/** A figure relative to that of the yardstick. Empty without one. */
const timesOf = (lines: readonly SummaryLine[], name: FigureName, title: string): Column[] => {
  const first = yardstickOf(lines, name)
  if (!first) return []
  const cell = ({ figures: { [name]: value } }: SummaryLine) =>
    value === undefined ? '–' : `${(value.median / first.median).toFixed(2)}×`
  return [{ title: `${title}× ${first.peer}`, cell }]
}

const rate = spread('settled/s', 'rate')
const latency = [spread('POST to settled, p50, ms', 'settledP50'), spread('p99, ms', 'settledP99')]
const accepted = spread('POST to 202, p99, ms', 'acceptedP99')
const cpu = [
  spread('CPU an order, ms', 'cpu'),
  cpuByProcess,
  figure('load', 'cpuLoad'),
  joined('others / stolen, %', ['others', 'stolen']),
]
const late = figure('sent late, p99, ms', 'lateP99')
const resources = [
  figure('batches', 'batches'),
  figure('messages a batch', 'batchSize'),
  figure('statements', 'statements'),
  figure('commits', 'commits'),
  figure('rows written', 'rowsWritten'),
  joined('WAL, kB / without full-page images', ['wal', 'walWithoutImages']),
  joined('published / delivered', ['published', 'delivered']),
  memory,
  figure('event-loop delay, p99, ms', 'loopDelay'),
]
