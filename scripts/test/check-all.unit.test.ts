import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { cleanCommit, readRecord, writeRecord } from '../check-all/record.ts'
import { stepsOf } from '../check-all/steps.ts'
import { hasPassed, markOf, verdictIn } from '../check-all/verdict.ts'
import { checks } from '../suite/checks.ts'

const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

it('has steps with unique names that run scripts of package.json', () => {
  const steps = stepsOf(1)
  expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length)
  const run = new Set(steps.flatMap(({ command: [, verb, script] }) => (verb === 'run' ? [script] : [])))
  expect([...run].filter((script) => !(script && Object.hasOwn(scripts, script)))).toEqual([])
})

it('plants every bug, and gives each fault run and each fuzz run a seed of its own', () => {
  const arguments_ = (script: string) =>
    stepsOf(5).flatMap(({ command }) => (command[2] === script ? [command.slice(4).join(' ')] : []))
  const parts = arguments_('planted')
  expect(parts).toEqual(parts.map((_, index) => `--part ${index + 1}/${parts.length}`))
  for (const script of ['chaos', 'fuzz']) {
    const seeds = arguments_(script).map((text) => /--seed (\d+)/.exec(text)?.[1])
    expect(new Set(seeds).size).toBe(seeds.length)
  }
})

it.each([
  ['1 passed, 0 failed\n3 passed, 2 failed', false, { passed: 3, failed: 2 }],
  ['no verdict', true, { passed: 1, failed: 0 }],
  ['no verdict', false, { passed: 0, failed: 1 }],
  ['3 passed, 0 failed', false, { passed: 3, failed: 1 }],
])('counts as CI does: %j', (output, ok, counts) => {
  expect(verdictIn(output, ok)).toEqual(counts)
})

it('marks a step that ran nothing, and does not count it as passed', () => {
  const [green, nothing, red] = [
    { passed: 1, failed: 0 },
    { passed: 0, failed: 0 },
    { passed: 1, failed: 1 },
  ]
  expect([green, nothing, red].map(markOf)).toEqual(['✓', '–', '✗'])
  expect([green, nothing, red].map(hasPassed)).toEqual([true, false, false])
})

it('belongs to a commit, so it does not run with uncommitted changes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-state-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args])
  git('init', '--quiet')
  git('-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '--allow-empty', '-m', 'first')
  expect(await cleanCommit(folder)).toMatch(/^[0-9a-f]{12}$/)
  writeFileSync(join(folder, 'untracked.ts'), '')
  await expect(cleanCommit(folder)).rejects.toThrow('Commit these changes first:\n?? untracked.ts')
})

it('keeps the log of a step that was interrupted, and no result', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-state-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const script = `const { runStep } = await import('${import.meta.resolve('../check-all/run-step.ts')}')
    const running = runStep({ name: 'endless', command: ['sleep', '600'] }, '${folder}')
    process.kill(process.pid, 'SIGTERM')
    await running`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
  expect(stderr).toContain('interrupted: the same command resumes')
  expect(readdirSync(folder)).toEqual(['endless.log'])
})

it('is not part of the suite, which is one of its steps', async () => {
  expect((await checks()).map(({ name }) => name)).not.toContain('all')
})

it('a result that cannot be written leaves the results before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-state-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const record = { seed: 7, results: { unit: { passed: 3, failed: 0, seconds: 2 } } }
  await writeRecord(folder, record)
  mkdirSync(join(folder, 'results.json.new')) // like a full disk
  await expect(writeRecord(folder, { ...record, results: {} })).rejects.toThrow('EISDIR')
  expect(await readRecord(folder)).toEqual(record)
})
