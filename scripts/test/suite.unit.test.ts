import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { checks } from '../suite/checks.ts'
import { filesWithFullSize, fullSizeArgs, partOf } from '../suite/full-size.ts'
import { countResults } from '../suite/tests.ts'

const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, testResults: [] }
const good = { ok: true, complete: true }

test('a successful run counts its tests', () => {
  expect(countResults(report, good)).toEqual({ passed: 3, failed: 0 })
})

test.each([
  ['a failed test', { ...report, numFailedTests: 1 }, { ...good, ok: false }],
  ['a file that could not be loaded', { ...report, testResults: [{ status: 'failed', assertionResults: [] }] }, good],
  ['an error outside of any test', report, { ...good, ok: false }],
  ['a skipped test', { ...report, numPendingTests: 1 }, good],
])('%s is a failure', (_, found, run) => {
  expect(countResults(found, run)).toEqual({ passed: 3, failed: 1 })
})

test('tests that were skipped are named', () => {
  const log = vi.spyOn(console, 'log').mockReturnValue()
  onTestFinished(() => log.mockRestore())
  const assertionResults = ['passed', 'skipped'].map((status) => ({ status, fullName: `it is ${status}` }))
  countResults({ ...report, numPendingTests: 1, testResults: [{ status: 'passed', assertionResults }] }, good)
  expect(log.mock.calls).toEqual([['Tests were skipped, which counts as a failure:\nit is skipped']])
})

test('npm test skips no test: where one does not apply, its file does not register it', () => {
  const root = new URL('../../', import.meta.url)
  const files = globSync('**/*.{unit,int,e2e}.test.ts', { cwd: root.pathname, exclude: ['**/node_modules'] })
  const skip = /\.(?:runIf|skipIf)\(|\bskip\(/
  expect(files.length).toBeGreaterThan(100)
  expect(files.filter((path) => skip.test(readFileSync(new URL(path, root), 'utf8')))).toEqual([])
})

test('a run without tests is a failure', () => {
  expect(countResults({ ...report, numPassedTests: 0 }, good)).toEqual({ passed: 0, failed: 1 })
  expect(countResults(null, { ...good, ok: false })).toEqual({ passed: 0, failed: 1 })
})

test('tests that were deselected are not failures', () => {
  expect(countResults({ ...report, numPendingTests: 9 }, { ok: true, complete: false })).toEqual({
    passed: 3,
    failed: 0,
  })
})

test('the suite runs all of its checks', async () => {
  const names = (await checks()).map(({ name }) => name)
  expect(names).toEqual(['format and lint', 'types', 'hygiene', 'unused', 'dependencies', 'columns'])
})

test('the files that begin first exist', () => {
  const root = new URL('../../', import.meta.url)
  const names = readFileSync(new URL('vitest.config.ts', root), 'utf8').match(/(?<=')\/[\w-]+\.\w+\.(?=')/g) ?? []
  expect(names.length).toBeGreaterThan(10)
  const files = globSync('**/*.test.ts', { cwd: root.pathname, exclude: ['**/node_modules'] })
  expect(names.filter((name) => !files.some((path) => path.includes(name)))).toEqual([])
})

test('test:full runs the tests that npm test omits or runs in a smaller size', async () => {
  const files = await filesWithFullSize()
  expect(files).toContain('system-tests/histories/histories.unit.test.ts')
  expect(files).toContain('tools/chaos/test/one-node.long.test.ts')
  expect(files).not.toContain('scripts/test/suite.unit.test.ts')
  const parts = ['1/3', '2/3', '3/3'].map((part) => partOf(files, part))
  expect(parts.flat().toSorted()).toEqual(files.toSorted())
  const longest = /reconcile\/test\/.*\.long\./
  expect(parts.map((part) => part.filter((file) => longest.test(file)).length)).toEqual(expect.not.arrayContaining([2]))
})

test.each(['4/3', '0/3', '3/200', '1/x', 'a', '1.5/3', '1/0', ''])('test:full has no part "%s"', (part) => {
  expect(partOf(['b', 'a'], '2/2')).toEqual(['b'])
  expect(() => partOf(['b', 'a'], part)).toThrow(`There is no part ${part}.`)
})

test('test:full runs its arguments, which cannot be given beside a part', async () => {
  expect(await fullSizeArgs(['chaos'])).toEqual(['chaos'])
  await expect(fullSizeArgs(['chaos'], '1/3')).rejects.toThrow('--part takes no other arguments beside it: chaos')
})

test('a signal ends all programs that run at once', async () => {
  const script = `const { runProgram } = await import('${import.meta.resolve('../suite/program.ts')}')
    const running = [1, 2].map(() => runProgram(['sh', '-c', 'exec sleep 600']))
    console.log('started')
    console.log((await Promise.all(running)).map(({ ok }) => ok).join())`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = text(child.stdout)
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  expect(await output).toBe('started\nfalse,false\n')
})
