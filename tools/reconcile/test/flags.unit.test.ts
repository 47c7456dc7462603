import { expect, test } from 'vitest'
import { readFlags } from '../src/flags.ts'

test('a dry run is requested by its flag, also if npm has taken it because -- is missing before it', () => {
  expect(readFlags([], {})).toEqual({ dryRun: false })
  expect(readFlags(['--dry-run'], {})).toEqual({ dryRun: true })
  expect(readFlags([], { npm_config_dry_run: 'true' })).toEqual({ dryRun: true })
})
