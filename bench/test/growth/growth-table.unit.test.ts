import { expect, it } from 'vitest'
import { growthLines, growthTable, withoutGrowth } from '../../src/report/growth.ts'
import type { FigureName } from '../../src/results/figures.ts'
import type { SummaryLine } from '../../src/results/summary.ts'

const line = (row: string, load: string, figures: Partial<Record<FigureName, number>>): SummaryLine => ({
  ...{ row, load, wrong: [] },
  figures: Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, { median: value, min: value, max: value, count: 1 }]),
  ),
})

const empty = line('embedded', 'closed', { rate: 800, cpu: 1.5, settledP99: 300 })
const lines = [
  empty,
  line('embedded', '50/s', { settledP50: 10, settledP99: 20, cpu: 12 }),
  line('embedded-1m', 'closed', { rate: 760, cpu: 1.8, settledP99: 400 }),
  line('dbos', 'closed', { rate: 170 }),
]

it('relates rows with stored orders to those without', () => {
  const table = growthTable(lines, new Map([['embedded-1m', 'a million']])) ?? ''
  const cells = table.split('\n').map((row) => row.split('|').map((each) => each.trim()))
  expect(cells.slice(2)).toEqual([
    ['', 'embedded', '800', '100 %', '300.0', '1.50', '100 %', '10.0', '20.0', '12.00', ''],
    ['', 'a million', '760', '95 %', '400.0', '1.80', '120 %', '–', '–', '–', ''],
  ])
})

it('has no table without rows with stored orders', () => {
  expect(growthTable([empty], new Map())).toBeNull()
  expect(growthLines([empty])).toEqual([])
})

it('keeps rows with stored orders out of the other tables', () => {
  expect(withoutGrowth(lines).map(({ row }) => row)).toEqual(['embedded', 'embedded', 'dbos'])
})

it('shows no figures of a row with a wrong run', () => {
  const wrong = { ...line('embedded-1k', '50/s', {}), wrong: ['2 orders are placed'] }
  expect(growthTable([empty, wrong], new Map())).toContain('| embedded-1k |     wrong |')
})
