import { spawnSync } from 'node:child_process'
import { inherited } from '@quadrille/shop-testing'
import { expect, test } from 'vitest'
import { root } from '../documentation/documents.ts'

test('the migration step with --help prints its variables, and does not migrate', () => {
  const command = ['services/order/src/migrate.ts', '--help']
  const options = { cwd: root, env: inherited(), encoding: 'utf8' } as const
  const { stdout, stderr, status } = spawnSync(process.execPath, command, options)
  expect(stdout).toMatch(/^Migrates the database of order\..*\n {2}DATABASE_URL .*\n {2}GRANT_TO .*\n$/)
  expect([stderr, status]).toEqual(['', 0])
})
