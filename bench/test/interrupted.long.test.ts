import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const script = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('a closed terminal ends the benchmark with its servers and its folders', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interrupted-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  chmodSync(folder, 0o755) // Postgres runs as another user
  const args = ['--rows', 'embedded', '--loads', 'idle', '--output', join(folder, 'results.jsonl')]
  const bench = spawn(process.execPath, [script, ...args], { env: { ...process.env, TMPDIR: folder } })
  onTestFinished(() => void bench.kill('SIGKILL'))
  const exited = once(bench, 'exit')
  await once(bench.stdout, 'data') // Postgres runs
  expect(readdirSync(folder)).toContainEqual(expect.stringMatching(/^quadrille-bench-/))
  bench.kill('SIGHUP')
  expect(await exited).toEqual([130, null])
  expect(readdirSync(folder)).toEqual(['results.jsonl'])
})
