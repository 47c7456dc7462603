import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { summarizeIntoPage } from '../src/command.ts'
import { sections } from '../src/report/sections.ts'
import { appendResult, createResultFile, readResultFile } from '../src/results/file.ts'
import { recordText } from '../src/results/record-text.ts'
import type { Header, RunResult } from '../src/results/result.ts'
import { spreadOf, summarize } from '../src/results/statistics.ts'
import { type SummaryLine, summarizeRuns } from '../src/results/summary.ts'
import { alignedTable } from '../src/results/table.ts'

const header: Header = {
  type: 'header',
  startedAt: '2026-01-01T00:00:00.000Z',
  command: 'npm run bench',
  args: [],
  commit: 'abc',
  machine: { processor: 'a', cores: 2, memoryGb: 8, system: 'Linux' },
  versions: { node: '24', postgres: '18', rabbitmq: null },
}

const run = (rest: Partial<RunResult>): RunResult => ({
  type: 'result',
  row: 'embedded',
  load: 'closed',
  repeat: 1,
  at: '2026-01-01T00:00:00.000Z',
  wrong: null,
  figures: {},
  ...rest,
})

test('a record has a line for each row of a table, each series of a chart and each figure', () => {
  const record = {
    table: {
      columns: ['phase', 'events/s'],
      rows: [
        ['a', '1'],
        ['b', '2'],
      ],
    },
    lines: [
      {
        name: 'inbox',
        points: [
          [0, 1],
          [1, 2],
        ],
      },
    ],
    figures: { rate: { median: 1, count: undefined }, cpu: null },
  }
  expect(recordText(record).split('\n')).toEqual([
    '{',
    '  "table": {',
    '    "columns": ["phase","events/s"],',
    '    "rows": [',
    '      ["a","1"],',
    '      ["b","2"]',
    '    ]',
    '  },',
    '  "lines": [',
    '    {"name":"inbox","points":[[0,1],[1,2]]}',
    '  ],',
    '  "figures": {',
    '    "rate": {"median":1},',
    '    "cpu": null',
    '  }',
    '}',
    '',
  ])
  expect(JSON.parse(recordText(record))).toEqual(record)
})

test('percentiles are by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(summarize(hundred)).toEqual({ p50: 50, p99: 99 })
  expect(summarize([7])).toEqual({ p50: 7, p99: 7 })
  expect(summarize([]).p50).toBeNaN()
})

test('the median of an even number of repeats is between the middle two', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4, count: 4 })
  expect(spreadOf([3, 1, 2])).toMatchObject({ median: 2 })
})

test('a result file keeps its records, and ignores an incomplete last line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'new', 'results.jsonl')
  createResultFile(file, header)
  appendResult(file, run({ repeat: 1 }))
  appendFileSync(file, '{"type":"result","row":"emb')
  expect(readResultFile(file)).toEqual({ header, runs: [run({ repeat: 1 })] })
  expect(() => createResultFile(file, header)).toThrow('exists already')
})

test('repeats become a median and a range, and counts join the load that they belong to', () => {
  const lines = summarizeRuns([
    run({ figures: { rate: 100 } }),
    run({ repeat: 2, figures: { rate: 120 } }),
    run({ load: 'closed-counted', figures: { statements: 5 } }),
    run({ row: 'dbos', figures: { rate: 50 } }),
  ])
  expect(lines).toMatchObject([
    { row: 'embedded', load: 'closed', figures: { rate: { median: 110, min: 100 }, statements: { median: 5 } } },
    { row: 'dbos', load: 'closed' },
  ])
})

const tablesOf = (lines: readonly SummaryLine[], titles: ReadonlyMap<string, string>) =>
  sections({ lines, pairs: [] }, titles).filter((part) => !part.startsWith('#'))

test('a line with a wrong repeat has no figures, and its reason is below the tables', () => {
  const lines = summarizeRuns([run({ figures: { rate: 100 } }), run({ repeat: 2, wrong: '2 orders are placed' })])
  const tables = tablesOf(lines, new Map([['embedded', 'one process']]))
  expect(tables[0]).toMatch(/^\| one process \| +wrong \| +\|/m)
  expect(tables.at(-1)).toBe('- one process: 2 orders are placed')
  expect(tables.join()).not.toContain('100')
})

test('rows under load, idle rows, floors and the distance from them have a table each', () => {
  const rows = 'Postgres, 100 rows a transaction, 4 clients'
  const tables = tablesOf(
    summarizeRuns([
      run({ figures: { rate: 99.6, cpu: 1.234, rowsWritten: 50 } }),
      run({ load: 'idle', figures: { coreServices: 2 } }),
      run({ row: 'floors', load: rows, figures: { rate: 50_000, cpu: 0.01234 } }),
    ]),
    new Map(),
  )
  const [throughput, resources, idle, floors, distance] = tables
  expect(tables).toHaveLength(5)
  expect(throughput).toMatch(/^\| embedded \| +100 \|.* 1\.23 \|/m)
  expect(resources).toMatch(/^\| embedded \|.* 50\.0 \|/m)
  expect(idle).toMatch(/^\| embedded \| +2\.00 \/ – \/ – \/ – \|/m)
  expect(floors).toMatch(new RegExp(`^\\| ${rows} \\| +50000 \\| +12 \\|`, 'm'))
  expect(distance).toMatch(/^\| embedded \| +100 \| +1000 \| +10 % \| +1\.23 \| +0\.62 \| +2\.0× \|/m)
})

test('a page needs three repeats, and a commit that its readers have', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const resultOf = (commit: string, repeats: number): string => {
    const file = join(folder, `${commit}-${repeats}.jsonl`)
    createResultFile(file, { ...header, commit })
    for (let repeat = 1; repeat <= repeats; repeat += 1) {
      appendResult(file, run({ repeat, figures: { rate: 100 } }))
      appendResult(file, run({ repeat, load: '100/s', figures: repeat === 1 ? {} : { rate: 100 } })) // once more than the row can do
    }
    return file
  }
  const unknown = '0'.repeat(40)
  await expect(summarizeIntoPage(resultOf(unknown, 2))).rejects.toThrow('A row was measured 2 times')
  await expect(summarizeIntoPage(resultOf(unknown, 3))).rejects.toThrow('is not in the history')
  await expect(summarizeIntoPage(resultOf('abcdef12+', 3))).rejects.toThrow('has changes')
})

test('tables are aligned', () => {
  expect(
    alignedTable(
      [
        ['name', 'n'],
        ['a', '10'],
        ['é', '1'],
      ],
      1,
    ),
  ).toBe('| name |   n |\n| ---- | --: |\n| a    |  10 |\n| é    |   1 |')
})
