import { existsSync, readFileSync } from 'node:fs'
import { expect, it, test } from 'vitest'
import { fanOuts } from '../src/floors/messages.ts'
import { barChart } from '../src/report/bar-chart.ts'
import { charts } from '../src/report/charts.ts'
import { headline } from '../src/report/headline.ts'
import { type Report, renderReport } from '../src/report/report.ts'
import { sections } from '../src/report/sections.ts'
import { distanceOf } from '../src/results/distance.ts'
import type { FigureName } from '../src/results/figures.ts'
import type { SummaryLine } from '../src/results/summary.ts'

const docs = new URL('../../docs/', import.meta.url)

test('docs/performance.md and its charts are what `npm run bench -- --report` writes', () => {
  const report: Report = JSON.parse(readFileSync(new URL('performance/results.json', docs), 'utf8'))
  for (const [path, content] of renderReport(report)) {
    expect(existsSync(new URL(path, docs)), path).toBe(true)
    expect(readFileSync(new URL(path, docs), 'utf8'), path).toBe(content)
  }
})

const line = (row: string, figures: Partial<Record<FigureName, number>>): SummaryLine => ({
  row,
  load: 'closed',
  wrong: [],
  figures: Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, { median: value, min: value, max: value, count: 1 }]),
  ),
})

test('the floor of a system is the time of its rows and of its messages', () => {
  const rabbitmq = line('rabbitmq', { rate: 250, cpu: 4, rowsWritten: 50, delivered: 16 })
  const floors = {
    rows: line('floors', { rate: 50_000, cpu: 0.02 }),
    messages: line('floors', { rate: 1_000, cpu: 1 }),
    counted: rabbitmq,
  }
  const embedded = distanceOf(line('embedded', { rate: 250, cpu: 4, rowsWritten: 50 }), floors)
  expect(embedded).toEqual({ floorRate: 1_000, floorCpu: 1, rateShare: 0.25, cpuTimes: 4 })
  expect(distanceOf(rabbitmq, floors)).toEqual({ floorRate: 500, floorCpu: 2, rateShare: 0.5, cpuTimes: 2 })
  const peer = distanceOf(line('peer', { rate: 250, cpu: 4, rowsWritten: 50, delivered: 48 }), floors)
  expect(peer).toEqual({ floorRate: 250, floorCpu: 4, rateShare: 1, cpuTimes: 1 })
  expect(distanceOf(rabbitmq, { ...floors, messages: undefined })).toBeNull()
})

test('the messages of the floor have as many deliveries as those of an order', () => {
  expect(fanOuts({ published: 9, delivered: 19, bytes: 1 })).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 3])
  expect(fanOuts({ published: 3.9, delivered: 4.2, bytes: 1 })).toEqual([1, 1, 1, 1])
})

it('draws a bar with its parts and its range', () => {
  const svg = barChart({
    ...{ title: 'a & b', unit: 'ms', digits: 1 },
    bars: [
      {
        label: 'one',
        segments: [
          { name: 'x', value: 1 },
          { name: 'y', value: 3 },
        ],
        range: { min: 3, max: 5 },
      },
      { label: 'two', segments: [{ name: 'x', value: 2 }], value: 2.5 },
    ],
  })
  expect(svg).toContain('a &amp; b, ms')
  expect(svg.match(/<rect/g)).toHaveLength(1 + 2 + 3)
  expect(svg).toContain('>4.0<')
  expect(svg).toContain('>2.5<')
})

it('compares all rows with the fastest DBOS that was measured, and names it', () => {
  const [quadrille, dbos, tuned] = [
    line('embedded', { rate: 900 }),
    line('dbos', { rate: 150 }),
    line('dbos-tuned', { rate: 300 }),
  ]
  expect(sections({ lines: [quadrille, dbos, tuned], pairs: [] }, new Map()).join()).toMatch(
    /× DBOS tuned \|.+\| embedded +\| +900 \| +3\.00× \|/s,
  )
  expect(sections({ lines: [quadrille, dbos], pairs: [] }, new Map()).join()).toMatch(
    /× DBOS \|.+\| embedded +\| +900 \| +6\.00× \|/s,
  )
  expect(sections({ lines: [quadrille], pairs: [] }, new Map()).join()).not.toContain('DBOS')
})

it('begins with the throughput for one and 1,000 SKUs, and with the CPU and the time at a low rate, each beside DBOS', () => {
  const closed = [line('embedded', { rate: 900 }), line('rabbitmq', { rate: 450 }), line('dbos-tuned', { rate: 300 })]
  const [throughput, ...others] = headline(closed)
  expect(throughput).toContain('900 orders per second in one process and 450 over RabbitMQ: 3.0 and 1.5 times the')
  expect(others).toEqual([])
  const skus = ['embedded', 'rabbitmq', 'dbos-tuned'].map((row, index) =>
    line(`${row}-skus`, { rate: 600 / (index + 1) }),
  )
  expect(headline([...closed, ...skus]).at(1)).toBe(
    'With 1,000 SKUs instead of one, its rate was 3.0 and 1.5 times that of DBOS tuned.',
  )
  const slow = [
    line('embedded', { cpu: 12, settledP50: 20 }),
    line('rabbitmq', { cpu: 24, settledP50: 50 }),
    line('dbos', { cpu: 6, settledP50: 10 }),
  ]
  const [cpu, settled] = headline(slow.map((one) => ({ ...one, load: '50/s' })))
  expect(cpu).toContain('12.0 and 24.0 ms of CPU: 2.0 and 4.0 times that of DBOS.')
  expect(settled).toBe(
    'At that rate the median order was settled after 20 and 50 ms: 2.0 and 5.0 times the time of DBOS.',
  )
  expect(headline(closed.slice(1))).toEqual([])
})

it('relates no row to DBOS under a load at half of its own rate', () => {
  const lines = ['embedded', 'dbos'].map((row) => ({ ...line(row, { rate: 100, cpu: 2 }), load: 'half' }))
  expect(sections({ lines, pairs: [] }, new Map()).join()).not.toContain('× DBOS')
})

it('shows the CPU that the table shows also if the medians of its parts add up to more', () => {
  const drawn = charts([line('embedded', { cpu: 5, cpuServices: 4, cpuPostgres: 3 })], new Map())
  expect(drawn.find(({ file }) => file === 'cpu-closed.svg')?.svg).toContain('>5.00<')
})

it('shows rows that differ in one thing only with a verdict, and counts the others', () => {
  const lines = [line('embedded', { rate: 100 }), line('embedded-tracing', { rate: 91 })]
  const heading = '## Rows that differ in one thing'
  expect(sections({ lines, pairs: [] }, new Map())).not.toContain(heading)
  const compared = { title: 'untraced → traced', load: 'closed', figure: 'rate', before: 100, after: 91 } as const
  const slower = { ...compared, ratio: { mean: 0.91, low: 0.88, high: 0.94 }, verdict: 'slower' as const }
  const undecided = { ...compared, title: 'unclear', verdict: 'undecided' as const, ratio: slower.ratio }
  const page = sections({ lines, pairs: [slower, undecided] }, new Map()).join('\n')
  expect(page).toMatch(/^\| untraced → traced \| closed .+ 91\.0 % \| 88\.0 % to 94\.0 % \| +slower \|$/m)
  expect(page).not.toContain('unclear')
  expect(page).toContain('1 of 2 comparisons are undecided: the difference may be chance.')
})
