import { describe, expect, it } from 'vitest'
import { argsOf } from '../src/compare/command.ts'
import { ratioOf, verdictOn } from '../src/compare/interval.ts'
import { judge, verdictTable } from '../src/compare/verdicts.ts'
import { type Comparison, readOptions } from '../src/options.ts'
import { requireSameCommit } from '../src/results/commit.ts'
import type { RunResult } from '../src/results/result.ts'

it('continues with the commit that was measured, not with what its name has become', () => {
  const args = ['--compare', 'main', '--mode', 'rabbitmq', '--repeats', '3', '--output', 'a.jsonl']
  const comparison = readOptions(args) as Comparison
  expect(readOptions(argsOf(comparison, 'abcdef12'))).toEqual({ ...comparison, ref: 'abcdef12', output: undefined })
  const both = readOptions(['--compare', 'main']) as Comparison
  expect(readOptions(argsOf(both, 'abcdef12'))).toEqual({ ...both, ref: 'abcdef12' })
})

it('continues only at the same commit, without changes', () => {
  expect(() => requireSameCommit('abcdef12', 'abcdef12')).not.toThrow()
  expect(() => requireSameCommit('abcdef12', '12345678')).toThrow('measured at abcdef12, but this is 12345678')
  expect(() => requireSameCommit('abcdef12+', 'abcdef12+')).toThrow('abcdef12+ has changes')
})

describe('the interval of a ratio', () => {
  it('is around the geometric mean', () => {
    const { mean, low, high } = ratioOf([
      [100, 200],
      [100, 50],
    ])
    expect(mean).toBeCloseTo(1)
    expect(low * high).toBeCloseTo(1)
  })

  it('is that of Student’s t distribution', () => {
    // logarithms 0, 0.1 and 0.2: standard deviation 0.1, t with two degrees of freedom 4.303
    const { mean, low } = ratioOf([0, 0.1, 0.2].map((log) => [1, Math.exp(log)]))
    expect(Math.log(mean)).toBeCloseTo(0.1)
    expect(Math.log(low)).toBeCloseTo(0.1 - (4.303 * 0.1) / Math.sqrt(3))
  })

  it('is narrow for alike pairs, however different the pairs are from each other', () => {
    const { low, high } = ratioOf([
      [100, 110],
      [500, 550],
      [20, 22],
    ])
    expect([low, high]).toEqual([expect.closeTo(1.1), expect.closeTo(1.1)])
  })
})

describe('the verdict', () => {
  const ratio = (mean: number, low: number, high: number) => ({ mean, low, high })

  it('is undecided if the interval contains 1', () => {
    expect(verdictOn(ratio(1.2, 0.9, 1.5), 'higher')).toBe('undecided')
  })

  it('is undecided below 2 %, however certain the difference is', () => {
    expect(verdictOn(ratio(1.01, 1.005, 1.015), 'lower')).toBe('undecided')
  })

  it.each([
    ['higher', 'faster', 'slower'],
    ['lower', 'slower', 'faster'],
  ] as const)('depends on whether a %s figure is better', (better, above, below) => {
    expect(verdictOn(ratio(1.2, 1.1, 1.3), better)).toBe(above)
    expect(verdictOn(ratio(0.8, 0.7, 0.9), better)).toBe(below)
  })
})

const run = (row: string, repeat: number, rate: number, load = 'closed'): RunResult => ({
  ...{ type: 'result', row, load, repeat, at: '', wrong: null },
  figures: { rate, cpu: 1_000 / rate },
})

const embedded = { title: 'embedded', before: 'embedded-before', after: 'embedded' }

it('pairs the runs of the same repeat, and leaves out incomplete pairs', () => {
  const runs = [
    ...[run('embedded-before', 1, 100), run('embedded', 1, 80)],
    ...[run('embedded', 2, 160), run('embedded-before', 2, 200)],
    run('embedded', 3, 500),
  ]
  expect(judge([embedded], runs)).toMatchObject([
    { figure: 'rate', ratio: { mean: expect.closeTo(0.8) }, verdict: 'slower' },
    { figure: 'cpu', ratio: { mean: expect.closeTo(1.25) }, verdict: 'slower' },
  ])
})

it('shows the geometric means, so that the ratio is theirs', () => {
  const rates = { 'embedded-before': [100, 400], embedded: [200, 50] }
  const runs = Object.entries(rates).flatMap(([row, all]) => all.map((rate, index) => run(row, index + 1, rate)))
  const [{ before, after, ratio } = { before: 0, after: 0, ratio: { mean: 0 } }] = judge([embedded], runs)
  expect([before, after, ratio.mean]).toEqual([200, 100, 0.5].map((value) => expect.closeTo(value)))
})

it('does not compare the rate of an open loop, which is given', () => {
  const runs = [1, 2].flatMap((repeat) => [
    run('embedded-before', repeat, 50, '50/s'),
    run('embedded', repeat, 50, '50/s'),
  ])
  expect(judge([embedded], runs).map(({ figure }) => figure)).toEqual(['cpu'])
})

it('does not compare rows under a load at half of their own rates', () => {
  const runs = [1, 2].flatMap((repeat) => [
    run('embedded-before', repeat, 50, 'half'),
    run('embedded', repeat, 500, 'half'),
  ])
  expect(judge([embedded], runs)).toEqual([])
})

it('prints a line for each figure', () => {
  const runs = [1, 2].flatMap((repeat) => [run('embedded-before', repeat, 100), run('embedded', repeat, 110 + repeat)])
  expect(verdictTable(judge([embedded], runs)).split('\n')[2]).toMatch(
    /^\| embedded \| closed \| orders settled, \/s +\| +100 \| +111 \| 111\.5 % \| .+ \| +faster \|$/,
  )
})
