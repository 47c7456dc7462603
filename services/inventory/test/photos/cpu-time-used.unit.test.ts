import { pbkdf2 } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, it, onTestFinished, vi } from 'vitest'
import { cpuTimeUsed } from '../../src/photos/images/cpu-time-used.ts'

const signal = () => {
  const finished = new AbortController()
  onTestFinished(() => finished.abort())
  return finished.signal
}

it('counts the time of all threads', async () => {
  let isUsed = false
  const used = cpuTimeUsed(100, signal()).then(() => {
    isUsed = true
  })
  // in a thread, for some seconds at most
  for (let times = 0; times < 100 && !isUsed; times += 1)
    await promisify(pbkdf2)('password', 'salt', 100_000, 64, 'sha512')
  expect(isUsed).toBe(true)
  await used
})

it('does not count the time for which it waits', async () => {
  const usage = vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 0, system: 0 }) // other tests in this process raise it
  onTestFinished(() => usage.mockRestore())
  const used = cpuTimeUsed(400, signal()).then(() => 'used')
  expect(await Promise.race([used, pause(600, 'waited')])).toBe('waited')
})
