import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { makeSystemDirectory, nobody } from '../src/account.ts'

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
