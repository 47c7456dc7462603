/** The exit of a process while calls run in its thread pool. The opening of a pipe without a writer never ends. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { where } from '@quadrille/testing'
import { expect, onTestFinished, test } from 'vitest'

const aPipe = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-exit-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  return pipe
}

/** Runs a script in a Node of its own, with one thread in its pool. */
const run = (script: string, [program, ...args]: readonly [string, ...string[]] = [process.execPath]) => {
  const start = `const { exit, exitNow } = await import(${JSON.stringify(import.meta.resolve('../../src/runtime/exit.ts'))})
    const { readFile } = await import('node:fs/promises')
    const { lookup } = await import('node:dns')
    const { pbkdf2 } = await import('node:crypto')`
  const child = spawn(program, [...args, '--input-type=module', '--eval', `${start}\n${script}`], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, ended: once(child, 'exit') }
}

const opening = (pipe: string): string => `void readFile(${JSON.stringify(pipe)})`

test('an exit waits for a slow call of the file system', async () => {
  const pipe = aPipe()
  const { child, ended } = run(`${opening(pipe)}; void exit(7); console.log('waiting')`)
  await once(child.stdout, 'data')
  await writeFile(pipe, 'x')
  expect(await ended).toEqual([7, null])
})

test('without such a call it has the code of the process', async () => {
  expect(await run('process.exitCode = 7; await exit()').ended).toEqual([7, null])
})

test('an exit at once does not wait for a call that hangs', async () => {
  const { ended } = run(`${opening(aPipe())}; exitNow(1)`)
  expect(await ended).toEqual([null, 'SIGKILL'])
})

test('nor for a lookup of a host name', async () => {
  const minutes = `pbkdf2('', '', 2 ** 31 - 1, 64, 'sha512', () => undefined)` // the lookup waits for the only thread
  const { ended } = run(`${minutes}; lookup('localhost', () => undefined); exitNow(1)`)
  expect(await ended).toEqual([null, 'SIGKILL'])
})

const asFirst = ['--map-root-user', '--pid', '--fork', '--kill-child'] as const
const canUnshare = spawnSync('unshare', [...asFirst, 'true']).status === 0
const whereNamespaces = where(canUnshare, 'unshare(1) is refused', test)

whereNamespaces?.('the first process of a container ends too', async () => {
  const { ended } = run(`${opening(aPipe())}; exitNow(1)`, ['unshare', ...asFirst, process.execPath])
  expect(await ended).toEqual([null, expect.stringMatching('SIG')])
})
