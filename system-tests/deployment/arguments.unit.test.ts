/** The arguments of the programs that are configured by variables. */
import { spawnSync } from 'node:child_process'
import { inherited } from '@quadrille/shop-testing'
import { expect, test } from 'vitest'
import { root } from '../documentation/documents.ts'

const run = (...command: readonly string[]) =>
  spawnSync(process.execPath, command, { cwd: root, env: inherited(), encoding: 'utf8' })

test('the migration step with --help prints its variables, and does not migrate', () => {
  const { stdout, stderr, status } = run('services/order/src/migrate.ts', '--help')
  expect(stdout).toMatch(/^Migrates the database of order\..*\n {2}DATABASE_URL .*\n {2}GRANT_TO .*\n$/)
  expect([stderr, status]).toEqual(['', 0])
})

test.each([
  ['services/order/src/migrate.ts', '--dry-run', 'quadrille: '],
  ['services/order/src/main.ts', '-h', 'quadrille: '],
  ['console/src/main.ts', 'help', 'quadrille: console: '],
])('%s %s is refused', (program, argument, begin) => {
  const { stdout, stderr, status } = run(program, argument)
  expect([stdout, stderr, status]).toEqual(['', `${begin}Unknown argument '${argument}'. See --help.\n`, 1])
})
