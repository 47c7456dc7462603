import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { isRunning } from '../src/is-running.ts'

/** The ways in which this machine can tell it: a fresh Debian has no ps, and macOS no /proc. */
const ways = [
  { name: '/proc', proc: '/proc', isHere: process.platform === 'linux' },
  { name: 'ps', proc: '/missing', isHere: !spawnSync('ps').error },
]

test.each(ways.filter(({ isHere }) => isHere))('$name tells whether a process runs', async ({ proc }) => {
  // The shell becomes Node, which does not wait for this child: it remains as a zombie. Node prints its id, because a
  // shell that still runs when the child ends would wait for it.
  const node = `exec "$0" -e "console.log($!); setTimeout(() => {}, 600_000)"`
  const parent = spawn('/bin/sh', ['-c', `sleep 600 & ${node}`, process.execPath])
  onTestFinished(() => void parent.kill('SIGKILL'))
  const [line] = await once(parent.stdout, 'data')
  const child = Number(line)
  expect([process.pid, 1, child].map((pid) => isRunning(pid, proc))).toEqual([true, true, true])
  process.kill(child, 'SIGKILL')
  await expect.poll(() => isRunning(child, proc)).toBe(false)
  expect(process.kill(child, 0), 'it is a zombie').toBe(true)
  expect(isRunning(spawnSync('true').pid, proc)).toBe(false)
})
