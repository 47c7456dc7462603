import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { patienceMs, where } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { logTo } from '../../src/telemetry/standard-output.ts'

const full = '/dev/full'
const whereFull = where(existsSync(full), `${full} is missing`, test)

/** The arguments of Node for a program that has a logger. */
const logging = (script: string): readonly string[] => {
  const module = import.meta.resolve('../../src/telemetry/log.ts')
  const start = `const { createLogger } = await import(${JSON.stringify(module)})
    const log = createLogger('info', { redactText: (text) => text })`
  return ['--input-type=module', '--eval', `${start}\n${script}`]
}

whereFull?.('a program goes on, and ends normally, if its log is on a full disk', () => {
  const script = `for (let line = 0; line < 3; line += 1) {
      log.info('not written')
      await new Promise(setImmediate)
    }
    console.error('done')`
  const options = { encoding: 'utf8', timeout: patienceMs() } as const // pino's own output would try again endlessly
  const child = spawnSync(process.execPath, logging(script), {
    ...options,
    stdio: ['ignore', openSync(full, 'w'), 'pipe'],
  })
  const { stderr, status } = child
  expect([stderr, status]).toEqual(['done\n', 0])
})

test('a program goes on when the readers of its log and of its standard error have ended', async () => {
  const script = `process.stdin.resume()
    await new Promise((resolve) => process.stdin.once('end', resolve))
    for (let line = 0; line < 3; line += 1) {
      log.info('not read')
      console.error('not read')
      await new Promise(setImmediate)
    }
    process.exitCode = 7`
  const child = spawn(process.execPath, logging(script), { stdio: 'pipe' })
  child.stdout.destroy()
  child.stderr.destroy()
  child.stdin.end()
  expect(await once(child, 'exit')).toEqual([7, null])
})

test('a program drops log lines that the reader of a pipe does not read, and goes on when it does', async () => {
  const script = `for (let line = 0; line < 3_000; line += 1) log.info('x'.repeat(1_000))
    console.error('written')
    process.stdin.once('data', () => log.info('last'))`
  const child = spawn(process.execPath, logging(script), { stdio: 'pipe' })
  await once(child.stderr, 'data')
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part))
  await waitUntil(() => output.length > 1_048_576 && output.endsWith('\n'))
  child.stdin.end('go on')
  await once(child, 'close')
  expect(output.length).toBeLessThan(1.3 * 1_048_576)
  const [report, last] = output
    .trimEnd()
    .split('\n')
    .slice(-2)
    .map((line) => JSON.parse(line))
  expect(last.msg).toBe('last')
  expect(report).toMatchObject({ msg: 'log lines dropped because they were not read in time' })
  expect(report.dropped + output.trimEnd().split('\n').length - 2).toBe(3_000)
})

test('after dropped lines, the next line comes after their number', () => {
  const printed: string[] = []
  let isRead = true
  const log = logTo((line) => isRead && printed.push(line) > 0)
  log.write('first')
  isRead = false
  for (const line of ['second', 'third', 'fourth']) log.write(line)
  isRead = true
  log.write('fifth')
  log.write('sixth')
  expect(printed).toEqual(['first', expect.stringContaining('"dropped":3'), 'fifth', 'sixth'])
})
