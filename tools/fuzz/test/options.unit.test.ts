import { expect, test } from 'vitest'
import { help, readOptions } from '../src/options.ts'

test('without flags it sends 20,000 requests with a new seed', () => {
  expect(readOptions([])).toEqual({ requests: 20_000, seconds: 600, seed: expect.any(Number) })
})

test('accepts a number of requests and a seed', () => {
  expect(readOptions(['--requests', '5', '--seed', '7'])).toMatchObject({ requests: 5, seed: 7 })
})

test.each([
  ['--requests', '0'],
  ['--requests', '1e3'],
  ['--seed', '1.5'],
])('%s %s is rejected with one line that contains the expected value', (...args) => {
  expect(() => readOptions(args)).toThrow(/^--\w+ must .+\.$/)
})

test('an unknown flag is rejected, and the help lists all flags', () => {
  expect(() => readOptions(['--request', '5'])).toThrow('npm run fuzz -- --help')
  expect(readOptions(['--help'])).toBeNull()
  for (const flag of ['--requests', '--seed', '--seconds']) expect(help).toContain(`\n  ${flag} `)
})
