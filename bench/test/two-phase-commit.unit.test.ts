import { expect, test } from 'vitest'
import type { FaultyOutage } from '../patterns/two-phase-commit/outages.ts'
import { outageCharts, outageTable } from '../patterns/two-phase-commit/page.ts'
import { twoPhaseCommit } from '../patterns/two-phase-commit/variants.ts'

/**
 * Away from 1 s to 2 s: two orders before, of which the fault has broken one's connection; two meanwhile, of which one is refused
 * and one settled late; and one afterwards.
 */
const outage: FaultyOutage = {
  ...{ variant: twoPhaseCommit, fault: 'killed', skus: 1, begunAt: 5_000, awayAt: 6_000, backAt: 7_000 },
  orders: [
    { intended: 5_000, answeredAt: 5_000, answer: 'accepted', settledAt: 5_010 },
    { intended: 5_990, answeredAt: 5_990, answer: 'unanswered', settledAt: null },
    { intended: 6_000, answeredAt: 6_000, answer: 'accepted', settledAt: 7_400 },
    { intended: 6_500, answeredAt: 6_500, answer: 'refused', settledAt: null },
    { intended: 7_000, answeredAt: 7_000, answer: 'accepted', settledAt: 9_000 },
  ],
  locks: {
    samples: [
      { at: 5_000, rows: 0 },
      { at: 6_100, rows: 1 },
      { at: 6_200, rows: 2 },
    ],
    longestMs: 1_250,
  },
}

test('the table counts the orders that were placed during the fault, and those whose connection broke', () => {
  expect(outageTable([outage]).rows).toEqual([
    ['two-phase commit', 'one of two killed', '1', '2', '1', '1', '1', '0', '1.3', '0.4'],
  ])
})

test('the chart has the settled orders per second, and the average of the locked rows', () => {
  const [chart] = outageCharts([outage])
  const points = (chart?.kind === 'lines' ? chart.panels : []).map(({ lines }) => lines[0]?.points.slice(0, 5))
  expect(points).toEqual([
    [
      [0.25, 2],
      [0.75, 0],
      [1.25, 0],
      [1.75, 0],
      [2.25, 2],
    ],
    [
      [0.25, 0],
      [0.75, 0],
      [1.25, 1.5],
      [1.75, 0],
      [2.25, 0],
    ],
  ])
})
