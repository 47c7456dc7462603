import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { deleteUnfinished } from '../src/binaries.ts'

test('only the incomplete copies of processes that have exited are deleted', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'quadrille-binaries-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const { pid: exited } = spawnSync('true')
  const kept = ['postgres-18.4.0', `postgres-18.4.0.unfinished-${process.pid}`]
  for (const name of [...kept, `postgres-18.4.0.unfinished-${exited}`])
    mkdirSync(join(directory, name, 'bin'), { recursive: true })
  await deleteUnfinished(directory)
  expect(readdirSync(directory).toSorted()).toEqual(kept)
})
