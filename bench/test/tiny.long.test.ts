/** The whole benchmark in a few seconds: that it works, not how fast. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runPlan } from '../src/bench.ts'
import { loads } from '../src/plan/loads.ts'
import { allRows } from '../src/plan/rows.ts'
import { createResultFile, readResultFile } from '../src/results/file.ts'
import { openServers } from '../src/systems/servers.ts'

test('measures the product in one process with the console, checks it, and writes the results', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'results.jsonl')
  createResultFile(file, {
    type: 'header',
    startedAt: '2026-01-01T00:00:00.000Z',
    command: 'npm run bench',
    args: [],
    commit: 'abc',
    machine: { processor: 'a', cores: 2, memoryGb: 8, system: 'Linux' },
    versions: { node: '24', postgres: '18', rabbitmq: null },
  })
  await using servers = openServers()
  const rows = allRows.filter(({ id }) => id === 'embedded-console')
  const plan = { rows, loadsOf: () => [loads.closed, loads['10/s'], loads['closed-counted']], repeats: 1 }
  const lines: string[] = []
  const print = (line: string) => lines.push(line)
  await runPlan({ plan, servers, durations: { ms: 2_000, warmUpMs: 2_000, countedMs: 2_000 }, file, done: [], print })
  const { runs } = readResultFile(file)
  expect(runs.map(({ wrong }) => wrong)).toEqual(runs.map(() => null))
  expect(runs.map(({ row, load }) => `${row}, ${load}`)).toEqual([
    'embedded-console, closed',
    'embedded-console, 10/s',
    'embedded-console, closed-counted',
  ])
  for (const { load, figures } of runs) {
    const names = load.includes('counted')
      ? ['statements']
      : ['rate', 'settledP99', 'cpuServices', 'cpuOther', 'wal', 'commits', 'rowsWritten', 'batches']
    for (const name of names) expect(figures).toHaveProperty(name, expect.any(Number))
  }
  expect(lines).toHaveLength(4)
})
