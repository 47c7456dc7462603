import { pbkdf2 } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { cpuTimeUsed } from '../../src/photos/images/cpu-time-used.ts'

const signal = () => {
  const finished = new AbortController()
  onTestFinished(() => finished.abort())
  return finished.signal
}

it('counts the time of all threads', async () => {
  const work = promisify(pbkdf2)('password', 'salt', 400_000, 64, 'sha512') // in a thread
  expect(await Promise.race([cpuTimeUsed(100, signal()).then(() => 'used'), work])).toBe('used')
  await work
})

it('does not count the time for which it waits', async () => {
  const used = cpuTimeUsed(400, signal()).then(() => 'used')
  expect(await Promise.race([used, pause(600, 'waited')])).toBe('waited')
})
