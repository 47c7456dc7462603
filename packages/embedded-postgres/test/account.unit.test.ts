import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { makeSystemDirectory, nobody } from '../src/account.ts'
import { placeBinaries } from '../src/binaries.ts'
import { initialize, templateVariable } from '../src/initialize.ts'

let directory = ''

beforeEach(() => {
  const path = mkdtempSync(join(tmpdir(), 'quadrille-account-'))
  directory = path
  onTestFinished(() => rmSync(path, { recursive: true }))
})
afterEach(() => void vi.unstubAllEnvs())

test('a directory that was created with a strict umask becomes open to other accounts', async () => {
  const strict = join(directory, 'strict')
  mkdirSync(strict, { mode: 0o700 })
  await makeSystemDirectory(strict)
  expect(statSync(strict).mode & 0o777).toBe(0o755)
})

test('an account whose id Node can not use, as on macOS, is reported with the remedy', () => {
  writeFileSync(join(directory, 'id'), '#!/bin/sh\necho 4294967294\n')
  chmodSync(join(directory, 'id'), 0o755)
  vi.stubEnv('PATH', `${directory}:${process.env['PATH']}`)
  expect(nobody).toThrow('Start it as another user, without sudo.')
})

/** Only root can run initdb as another user. */
const whereRoot = process.getuid?.() === 0 ? test : undefined

whereRoot?.('a user without a name is reported with the remedy', async () => {
  vi.stubEnv(templateVariable, '')
  chmodSync(directory, 0o755)
  const account = { uid: 1_234_567, gid: 1_234_567 }
  const location = { cluster: join(directory, 'postgres'), account, pointer: null }
  await expect(initialize(location, await placeBinaries(account), false)).rejects.toThrow(
    /^Postgres could not look up effective user ID 1234567: .+\. Start as a user of this machine, or set DATABASE_URL to /,
  )
})
