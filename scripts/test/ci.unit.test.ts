/** .ci/run in its own folder, with a stand-in for npm. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'

const script = new URL('../../.ci/run', import.meta.url).pathname
const imagesScript = /build_images=(.+)$/m.exec(readFileSync(script, 'utf8'))?.[1] ?? ''
let root = ''

/** @param path - from the folder of .ci */
const writeScript = (path: string, text: string) => {
  const file = join(root, 'clone', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quadrille-ci-'))
  const thisOne = root
  onTestFinished(() => rmSync(thisOne, { recursive: true, force: true }))
  cpSync(script, join(root, 'clone/.ci/run'), { recursive: true })
  writeScript('bin/npm', 'echo "2 passed, 0 failed"')
})

const run = (variables: Record<string, string> = {}) => {
  const env = { ...process.env, ...variables, PATH: `${join(root, 'clone/bin')}:${process.env['PATH']}` }
  return spawnSync(join(root, 'clone/.ci/run'), { env, encoding: 'utf8' })
}

const lastLine = (text: string): string | undefined => text.trim().split('\n').at(-1)

test('adds up the results of the checks', () => {
  const { stdout, status } = run()
  const checks = readFileSync(script, 'utf8').match(/^ *check npm /gm)?.length ?? 0
  expect(lastLine(stdout)).toBe(`${2 * checks} passed, 0 failed`)
  expect(status).toBe(0)
})

test('longer checks that would end too late are left out, and listed', () => {
  const { stdout, status } = run({ CI_MINUTES: '0' })
  expect(stdout).toMatch(/^Left out, because they would end too late: .*\bfull_size_1\b/m)
  expect(lastLine(stdout)).toBe('2 passed, 0 failed')
  expect(status).toBe(0)
})

test.each(['0', '12345'])('the seed %s runs each longer check once', (CI_SEED) => {
  writeScript('bin/npm', 'echo "ran $*"')
  const ran = run({ CI_SEED }).stdout.match(/^ran .*$/gm) ?? []
  expect(ran[0]).toBe('ran test')
  expect(new Set(ran).size).toBe(readFileSync(script, 'utf8').match(/^ *check npm /gm)?.length)
})

test('a check that fails without a summary counts as one failure', () => {
  writeScript('bin/npm', 'exit 3')
  const { stdout, status } = run()
  expect(lastLine(stdout)).toMatch(/^0 passed, [1-9]\d* failed$/)
  expect(status).toBe(1)
})

test('the last output of a failed check is repeated before the summary', () => {
  writeScript(
    'bin/npm',
    '[ "$1" = test ] || { echo "1 passed, 0 failed"; exit; }; echo "expected 1 to be 2"; echo "0 passed, 1 failed"',
  )
  expect(run().stdout).toMatch(
    /^--- failed: npm test\nexpected 1 to be 2\n0 passed, 1 failed\n[1-9]\d* passed, 1 failed\n$/m,
  )
})

test('an image that cannot be built counts as a failure, and its output is shown; only root builds images', () => {
  writeScript(imagesScript, 'echo "no space left" >&2; exit 1')
  const { stdout, status } = run()
  const failures = process.getuid?.() === 0 ? 1 : 0
  expect(stdout.match(/no space left/g) ?? []).toHaveLength(failures)
  expect(lastLine(stdout)).toMatch(new RegExp(`^[1-9]\\d* passed, ${failures} failed$`))
  expect(status).toBe(failures)
})
