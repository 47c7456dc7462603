/** The rates of rows relative to each other: the effect of the one thing in which they differ. */
import { growthRelations } from '../plan/rows.ts'
import type { SummaryLine } from './summary.ts'
import { alignedTable } from './table.ts'

/** Rows, each with the row that it is compared with. */
export const relations: readonly (readonly [row: string, base: string])[] = [
  ['npm-start', 'embedded'],
  ['rabbitmq-2', 'rabbitmq'],
  ['embedded-batch-1', 'embedded'],
  ['embedded-linger-0', 'embedded'],
  ['embedded-check-off', 'embedded'],
  ['rabbitmq-batch-1', 'rabbitmq'],
  ['rabbitmq-linger-0', 'rabbitmq'],
  ['rabbitmq-check-off', 'rabbitmq'],
  ['rabbitmq-check-stock', 'rabbitmq'],
  ['embedded-shipping', 'embedded'],
  ['rabbitmq-shipping', 'rabbitmq'],
  ['embedded-tracing', 'embedded'],
  ['rabbitmq-tracing', 'rabbitmq'],
  ['embedded-console', 'embedded'],
  ['rabbitmq-console', 'rabbitmq'],
  ['embedded', 'embedded-skus'],
  ['rabbitmq', 'rabbitmq-skus'],
  ['rabbitmq-2', 'rabbitmq-2-skus'],
  ['embedded-lines', 'embedded-skus'],
  ['rabbitmq-lines', 'rabbitmq-skus'],
  ...growthRelations,
]

/** Null if no two related rows were measured in a closed loop. @param titles - the titles of the rows by id */
export const relationTable = (lines: readonly SummaryLine[], titles: ReadonlyMap<string, string>): string | null => {
  const rateOf = (id: string) => lines.find(({ row, load }) => row === id && load === 'closed')?.figures.rate?.median
  const nameOf = (id: string) => titles.get(id) ?? id
  const rows = relations.flatMap(([row, base]) => {
    const [rate, baseRate] = [rateOf(row), rateOf(base)]
    return rate && baseRate ? [[nameOf(row), nameOf(base), `${((rate / baseRate) * 100).toFixed(0)} %`]] : []
  })
  return rows.length === 0 ? null : alignedTable([['row', 'relative to', 'settled/s'], ...rows], 2)
}
