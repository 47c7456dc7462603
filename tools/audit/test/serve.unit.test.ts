/** The server of the audit as a process. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Holds the exit until it can read something, so that the next signals certainly arrive before it. */
const holdExit = `const { exit } = process
process.exit = (code) => {
  process.stdin.once('data', () => exit(code))
  process.stdout.write('stopped')
}`

test('further signals during a stop change nothing', async () => {
  const preload = `data:text/javascript,${encodeURIComponent(holdExit)}`
  const child = spawn(process.execPath, ['--import', preload, main, '--serve'], {
    env: { ...process.env, AUDIT_PORT: '0' },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
  const exit = once(child, 'exit')
  await expect.poll(() => output).toContain('listening on')
  child.kill('SIGINT')
  await expect.poll(() => output).toContain('stopped')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGHUP'] as const) child.kill(signal)
  child.stdin.write('exit')
  expect(await exit).toEqual([0, null])
})
