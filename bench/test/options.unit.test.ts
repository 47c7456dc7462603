import { expect, test } from 'vitest'
import { help, readOptions } from '../src/options.ts'
import { presets } from '../src/plan/presets.ts'

test('without flags the usual rows are measured', () => {
  expect(readOptions([])).toEqual({ kind: 'measure', preset: presets.usual, output: undefined })
})

test('flags narrow a preset', () => {
  const args = ['--quick', '--rows', 'dbos,embedded', '--loads', 'closed,100/s', '--repeats', '4', '--seconds', '2.5']
  expect(readOptions(args)).toMatchObject({
    preset: { rows: ['dbos', 'embedded'], loads: ['closed', '100/s'], firstLoads: [], repeats: 4, seconds: 2.5 },
  })
})

test('--overload measures both modes, or one', () => {
  expect(readOptions(['--overload', '--seconds', '3'])).toMatchObject({ modes: ['embedded', 'rabbitmq'], ms: 3_000 })
  expect(readOptions(['--overload', '--mode', 'rabbitmq'])).toMatchObject({ kind: 'overload', modes: ['rabbitmq'] })
})

test('--compare takes turns six times unless a number is given', () => {
  expect(readOptions(['--compare', 'f42669a'])).toEqual({
    ...{ kind: 'compare', ref: 'f42669a', modes: ['embedded', 'rabbitmq'], repeats: 6, seconds: 8, output: undefined },
  })
  expect(readOptions(['--compare', 'v1', '--repeats', '1'])).toMatchObject({ repeats: 2 })
})

test('--resume and --report take a result file', () => {
  expect(readOptions(['--resume', 'a.jsonl'])).toEqual({ kind: 'resume', file: 'a.jsonl' })
  expect(readOptions(['--report', 'a.jsonl'])).toEqual({ kind: 'report', file: 'a.jsonl' })
})

test.each([
  [['--quick', '--full'], "--quick and --full can't be combined."],
  [['--loads', '60/s'], 'There is no load 60/s.'],
  [['--seconds', '0'], '--seconds must be a number above 0, not 0.'],
  [['--overload', '--mode', 'x'], '--mode must be one of embedded, rabbitmq.'],
  [
    ['--compare', 'v1', '--rows', 'embedded'],
    '--compare takes no --rows. It takes --mode, --repeats, --seconds, --output.',
  ],
  [['--overload', '--loads', 'closed'], '--overload takes no --loads. It takes --mode, --seconds.'],
  [['--quick', '--mode', 'rabbitmq'], '--quick takes no --mode. It takes --rows, --loads,'],
  [['--mode', 'embedded'], 'A run without one of the first flags takes no --mode. It takes --rows, --loads,'],
  [['--overload', '--repeats', '2'], '--overload takes no --repeats.'],
  [['--resume', 'a.jsonl', '--seconds', '8'], '--resume takes no --seconds.'],
  [['--nonsense'], "Unknown option '--nonsense'"],
])('%j is refused', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
})

test('the lines of the help have at most 128 characters', () => {
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(128)
})
