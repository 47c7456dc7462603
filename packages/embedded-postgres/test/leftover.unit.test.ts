/** The Postgres of an earlier start, which may exit at any moment. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { stopLeftover } from '../src/leftover.ts'
import { invalidatePidFile } from '../src/pid-file.ts'

const aCluster = (): string => {
  const cluster = mkdtempSync(join(tmpdir(), 'quadrille-leftover-'))
  onTestFinished(() => rmSync(cluster, { recursive: true }))
  return cluster
}

/**
 * A process with the command line of a Postgres on this cluster. It prints its id itself, because a process has no command line
 * for a moment while it starts a program. Its parent waits for it, so that no zombie is left.
 */
const startLookalike = async (cluster: string): Promise<number> => {
  const script = 'console.log(process.pid); setInterval(() => undefined, 60_000)'
  const idle = [process.execPath, '-e', script, 'bin/postgres', '-D', cluster, '-i']
  const parent = spawn('sh', ['-c', '"$@" & wait', 'sh', ...idle], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [pid] = await once(createInterface(parent.stdout), 'line')
  onTestFinished(() => void kill(Number(pid)))
  return Number(pid)
}

/** Kills the process and waits for its end, synchronously. */
const kill = (pid: number) =>
  spawnSync('sh', ['-c', 'kill -9 "$0"; while kill -0 "$0"; do :; done', String(pid)], { stdio: 'ignore' })

test('the Postgres may exit just before it gets a signal', async () => {
  const cluster = aCluster()
  const pid = await startLookalike(cluster)
  writeFileSync(join(cluster, 'postmaster.pid'), `${pid}\n`)
  const said: string[] = []
  await stopLeftover(cluster, (line) => {
    said.push(line)
    kill(pid)
  })
  expect(said).toEqual([`stopping the Postgres of an earlier start (process ${pid})`])
})

test('the Postgres may delete its pid file just before it is marked as ended', () => {
  const cluster = aCluster()
  invalidatePidFile(cluster)
  expect(readdirSync(cluster)).toEqual([])
})

test('the pid file stays as it is if it can not be written', () => {
  const cluster = aCluster()
  const file = join(cluster, 'postmaster.pid')
  writeFileSync(file, '1\n')
  const module = import.meta.resolve('../src/pid-file.ts')
  const script = `const { invalidatePidFile } = await import(${JSON.stringify(module)})
    invalidatePidFile(${JSON.stringify(cluster)})`
  const limited = ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, '--input-type=module', '--eval', script]
  const { stderr } = spawnSync('sh', limited, { encoding: 'utf8', env: { PATH: process.env['PATH'] } })
  expect(stderr).toContain('EFBIG')
  expect(readFileSync(file, 'utf8')).toBe('1\n')
})

test('an empty pid file is deleted, because Postgres does not start beside it', async () => {
  const cluster = aCluster()
  writeFileSync(join(cluster, 'postmaster.pid'), '')
  await stopLeftover(cluster, () => undefined)
  expect(readdirSync(cluster)).toEqual([])
})
