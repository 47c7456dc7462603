import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const source = new URL('../src/index.ts', import.meta.url).href

const runScript = (call: string) => {
  const script = `const { printCounts, runMain } = await import('${source}'); await runMain('example', ${call})`
  return spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
}

const run = (call: string) => {
  const { status, stderr } = runScript(call)
  return { status, stderr }
}

test.each([
  ['nothing', '() => {}', 0],
  ['0', 'async () => 0', 0],
  ['another code', 'async () => 3', 3],
  ['0 after it has set another code', '() => { process.exitCode = 1; return 0 }', 1],
])('a main that returns %s', (_, main, status) => {
  expect(run(main)).toEqual({ status, stderr: '' })
})

test.each([
  ['an error', "new Error('no shop')", 'no shop'],
  ['several', "new AggregateError([new Error('no IPv4'), new Error('no IPv6')])", 'no IPv4, no IPv6'],
  ['one before a failed stop', "new SuppressedError(new Error('no stop'), new Error('no shop'))", 'no shop'],
])('%s is one line', (_, error, line) => {
  expect(run(`() => { throw ${error} }`)).toEqual({ status: 1, stderr: `example: ${line}\n` })
})

test('an error can have an exit code of its own', () => {
  expect(run("() => { throw new Error('no shop') }, { errorCode: 2 }").status).toBe(2)
})

test.each([
  ['{ passed: 3, failed: 0 }', 0, '3 passed, 0 failed\n'],
  ['{ passed: 3, failed: 2 }', 1, '3 passed, 2 failed\n'],
])('the counts %s', (counts, status, stdout) => {
  expect(runScript(`() => printCounts(${counts})`)).toMatchObject({ status, stdout })
})

const runLong = (main: string) => {
  const script = `const { runLong, UsageError } = await import('${source}'); await runLong('example', ${main})`
  return spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
}

test('a long run that is interrupted cleans up first', () => {
  const main = `async (signal) => {
    const work = setInterval(() => process.kill(process.pid, 'SIGTERM'))
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    clearInterval(work)
    console.log('cleaned up')
    signal.throwIfAborted()
  }`
  const { stdout, stderr, status } = runLong(main)
  expect([stdout, stderr, status]).toEqual(['cleaned up\n', 'Ended early; everything has been stopped.\n', 1])
})

test('an error of a long run is shown with its stack, unless it is of its arguments', () => {
  expect(runLong("async () => { throw new UsageError('no such flag') }").stderr).toBe('example: no such flag\n')
  expect(runLong("async () => { throw new Error('no shop') }").stderr).toMatch(/^Error: no shop\n +at /)
})
