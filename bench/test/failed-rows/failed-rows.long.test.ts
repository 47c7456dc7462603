import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const script = fileURLToPath(new URL('rows.ts', import.meta.url))

test('a row that fails to start leaves no process, server or database: the next one starts, and the benchmark ends', async () => {
  const bench: ChildProcess = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void bench.kill())
  const [printed, [code]] = await Promise.all([bench.stdout && text(bench.stdout), once(bench, 'exit')])
  expect(printed?.split('\n')).toEqual([
    expect.stringMatching(/^service: .* exited with 1: .*OUTBOX_MAX/),
    expect.stringMatching(/^load: .*"absent" does not exist/),
    expect.stringMatching(/^floor: .*"absent" does not exist/),
    expect.stringMatching(/^floor: .*"absent" does not exist/),
    expect.stringMatching(/^virtual host: .*management API/),
    expect.stringMatching(/^virtual host: .*management API/),
    '',
  ])
  expect(code).toBe(0)
})
