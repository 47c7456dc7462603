import { expect, test } from 'vitest'
import { problemsOf, resultsOf } from '../../patterns/load-levelling/results.ts'
import type { Burst } from '../../patterns/load-levelling/run.ts'

const burst: Burst = {
  samples: [
    { second: 0, depth: 0, wanted: null, instances: 1, processes: 1, settled: 0 },
    { second: 1, depth: 90, wanted: 20, instances: 1, processes: 1, settled: 10 },
    { second: 2.1, depth: 60, wanted: 4, instances: 4, processes: 4, settled: 32 },
    { second: 3, depth: null, wanted: 4, instances: 4, processes: 4, settled: 86 },
    { second: 4, depth: 0, wanted: 1, instances: 4, processes: 4, settled: 100 },
    { second: 5, depth: 0, wanted: 1, instances: 1, processes: 4, settled: 100 },
  ],
  placedAfter: 1.2,
  accepted: 100,
  refused: {},
  captures: 100,
  attemptedAgain: 0,
  exitCodes: [0, 0, 0],
  wrong: null,
}
const rules = { max: 4, upAfterMs: 1_500, downAfterMs: 3_000 }
const expected = { orders: 100, rules }

test('a run without a problem has figures', () => {
  expect(problemsOf(burst, expected)).toEqual([])
  const [table] = resultsOf(burst).tables
  expect(Object.fromEntries(table?.rows ?? [])).toMatchObject({
    'second instance started after': '2 s',
    'orders settled with one instance': '10/s',
    'orders settled with 4 instances': '40/s',
    'all orders settled after': '4 s',
    'back at one instance after': '5 s',
  })
  const [chart] = resultsOf(burst).charts
  expect(chart).toMatchObject({
    panels: [
      {},
      {
        lines: [
          {
            points: [
              [1, 8],
              [2.1, 4],
              [3, 4],
              [4, 1],
              [5, 1],
            ],
          },
          {},
        ],
      },
      {},
    ],
  })
})

test.each<[string, Partial<Burst>]>([
  ['99 of 100 orders were accepted, the others answered by {"503":1}', { accepted: 99, refused: { 503: 1 } }],
  ['the gateway made 101 captures for 100 orders', { captures: 101 }],
  ['1 charges did not take one attempt', { attemptedAgain: 1 }],
  ['audit: 1 finding', { wrong: 'audit: 1 finding' }],
  ['no further instance was started', { samples: burst.samples.slice(0, 2) }],
  [
    '3 instances ran, and 4 were wanted',
    { samples: burst.samples.map((each) => ({ ...each, instances: Math.min(3, each.instances) })) },
  ],
  ['more than one instance is left', { samples: burst.samples.slice(0, 3) }],
  ['stopped instances exited with 0, 1', { exitCodes: [0, 1] }],
])('a run is refused: %s', (problem, different) => {
  expect(problemsOf({ ...burst, ...different }, expected)).toEqual([problem])
})

test('a run above the bound is refused, even if some processes were stopping', () => {
  const samples = burst.samples.map((sample, index) => (index === 5 ? { ...sample, processes: 5 } : sample))
  expect(problemsOf({ ...burst, samples }, expected)).toEqual(['5 processes ran or stopped, and 4 are the bound'])
})
