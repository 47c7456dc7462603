import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deleteEmbeddedPostgres, isFree, templateVariable } from '@quadrille/embedded-postgres'
import { expect, onTestFinished, test, vi } from 'vitest'
import { supervisePostgres } from '../src/supervise-postgres.ts'

test('a Postgres whose files were deleted is not replaced by an empty one with another password', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'quadrille-supervised-'))
  chmodSync(directory, 0o755)
  onTestFinished(async () => {
    await deleteEmbeddedPostgres(directory, () => undefined)
    rmSync(directory, { recursive: true })
  })
  const lost: string[] = []
  const { url, stop } = await supervisePostgres({
    directory,
    log: () => undefined,
    settings: { fsync: 'off' },
    onLost: ({ message }) => lost.push(message),
  })
  onTestFinished(stop)
  vi.stubEnv(templateVariable, '') // else the next one is a copy with the same password
  onTestFinished(() => void vi.unstubAllEnvs())
  const cluster = join(directory, 'postgres')
  const [pid] = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  rmSync(cluster, { recursive: true })
  process.kill(Number(pid), 'SIGKILL')
  await expect.poll(() => lost).toEqual([`The database in ${directory} was deleted while it was in use. Start again.`])
  expect(await isFree(Number(new URL(url).port))).toBe(true)
})
