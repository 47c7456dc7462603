import { serviceNames } from '@quadrille/events'
import { expect, test } from 'vitest'
import { help, readOptions } from '../src/options.ts'

test('without flags it sends 20,000 requests with a new seed to a shop that it starts', () => {
  expect(readOptions([])).toMatchObject({ requests: 20_000, seconds: 600, ports: null, seed: expect.any(Number) })
})

test('accepts a seed and the ports of a running shop', () => {
  const ports = serviceNames.map((_, index) => index + 1)
  expect(readOptions(['--requests', '5', '--seed', '7', '--ports', ports.join()])).toMatchObject({
    requests: 5,
    seed: 7,
    ports,
  })
})

test.each([
  ['--requests', '0'],
  ['--requests', '1e3'],
  ['--seed', '1.5'],
  ['--ports', '3000'],
  ['--ports', '3000,3001,3002,70000'],
])('%s %s is rejected with one line that contains the expected value', (...args) => {
  expect(() => readOptions(args)).toThrow(/^--\w+ must .+\.$/)
})

test('an unknown flag is rejected, and the help lists all flags', () => {
  expect(() => readOptions(['--request', '5'])).toThrow('npm run fuzz -- --help')
  expect(readOptions(['--help'])).toBeNull()
  for (const flag of ['--requests', '--seed', '--seconds', '--ports']) expect(help).toContain(`\n  ${flag} `)
})
