/** The tables that the benchmark prints. */
import { cpuByProcess, distanceColumns, figure, floorColumns, idleColumns, joined, spread, tableOf } from './columns.ts'
import { distanceOf } from './distance.ts'
import { groupLines } from './groups.ts'
import type { SummaryLine } from './summary.ts'

const orderColumns = [
  spread('settled/s', 'rate'),
  spread('settled p50', 'settledP50'),
  spread('p99, ms', 'settledP99'),
  figure('202 p99, ms', 'acceptedP99'),
  spread('CPU an order, ms', 'cpu'),
  cpuByProcess,
  figure('load', 'cpuLoad'),
  figure('batch', 'batchSize'),
  figure('statements', 'statements'),
  figure('commits', 'commits'),
  figure('rows', 'rowsWritten'),
  joined('WAL, kB / without images', ['wal', 'walWithoutImages']),
  joined('largest process, MB / peak', ['resident', 'residentPeak']),
  figure('loop p99, ms', 'loopDelay'),
  joined('others / stolen, %', ['others', 'stolen']),
]

/**
 * The table of all rows under all loads with orders, then those of idle rows, of the floors, and of the distances from the floors.
 * The reasons of wrong runs are at the end. @param titles - the titles of the rows by id
 */
export const printedTables = (lines: readonly SummaryLine[], titles: ReadonlyMap<string, string>): string => {
  const { orders, idle, floors, floorLines } = groupLines(lines)
  const titleOf = ({ row }: SummaryLine) => titles.get(row) ?? row
  const rowAndLoad = { titles: ['row', 'load'], cells: (line: SummaryLine) => [titleOf(line), line.load] }
  const floor = { titles: ['floor'], cells: ({ load }: SummaryLine) => [load] }
  const distant = orders.filter((line) => line.load === 'closed' && distanceOf(line, floorLines) !== null)
  const reasons = lines.flatMap((line) => line.wrong.map((reason) => `wrong: ${titleOf(line)}: ${reason}`))
  return [
    tableOf(orders, { columns: orderColumns, left: rowAndLoad }),
    tableOf(idle, { columns: idleColumns, left: rowAndLoad }),
    tableOf(floors, { columns: floorColumns, left: floor }),
    tableOf(distant, { columns: distanceColumns(floorLines), left: rowAndLoad }),
    ...new Set(reasons),
  ]
    .filter((part) => part !== null)
    .join('\n\n')
}
