import { UsageError } from '@quadrille/command-line'
import { expect, test } from 'vitest'
import { commandOf, help, readOptions } from '../src/options.ts'

const optionsOf = (...args: string[]) => {
  const options = readOptions(args)
  if (options === null) throw new Error('only the help was requested')
  return options
}

test('without flags it runs for five minutes on three nodes, with a new seed', () => {
  expect(optionsOf()).toEqual({ minutes: 5, nodes: 3, rate: 20, every: 4, only: '', seed: expect.any(Number) })
})

test('the printed command repeats the options', () => {
  const options = optionsOf('--minutes', '0.3', '--seed', '7', '--nodes', '1', '--only', 'killed')
  expect(commandOf(options)).toBe(
    "npm run chaos -- --minutes 0.3 --seed 7 --nodes 1 --rate 20 --every 4 --only 'killed'",
  )
})

test.each([
  ['--minutes', ''],
  ['--minutes', ' '],
  ['--minutes', 'ten'],
  ['--minutes', '601'],
  ['--seed', '1.5'],
  ['--seed', '-1'],
  ['--nodes', '2'],
  ['--nodes', '2.5'],
  ['--rate', '0'],
  ['--every', '0.1'],
])('%s %j is rejected with one line that contains the expected value', (flag, value) => {
  const reading = () => optionsOf(`${flag}=${value}`)
  expect(reading).toThrow(UsageError)
  expect(reading).toThrow(/^--\w+ must be .+\.$/)
})

test('an unknown flag is rejected, and the help lists all flags', () => {
  expect(() => readOptions(['--minute', '5'])).toThrow('npm run chaos -- --help')
  expect(readOptions(['--help'])).toBeNull()
  for (const flag of Object.keys(optionsOf())) expect(help).toContain(`\n  --${flag} `)
})
