import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FailingTimes, Measurement } from '../src/index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('a measured value is the recent one for a minute, and the last one until the next measurement succeeds', async () => {
  const results = [Promise.resolve(7), Promise.reject(new Error('no')), Promise.resolve(8)]
  const measured = new Measurement(0, () => results.shift() ?? Promise.reject(new Error('no more')))
  expect([measured.last, measured.recent]).toEqual([0, undefined])
  await measured.run()
  vi.advanceTimersByTime(59_000)
  await expect(measured.run()).rejects.toThrow('no')
  expect([measured.last, measured.recent]).toEqual([7, 7])
  vi.advanceTimersByTime(1_000)
  expect([measured.last, measured.recent]).toEqual([7, undefined])
  await measured.run()
  expect([measured.last, measured.recent]).toEqual([8, 8])
})

it('an operation fails from its first to its last failure since its last success', () => {
  const failing = new FailingTimes()
  const fail = () => {
    failing.failed('count')
    vi.advanceTimersByTime(1_000)
    return failing.failingMs('count')
  }
  expect(failing.failingMs('count')).toBe(0)
  expect([fail(), fail(), fail()]).toEqual([0, 1_000, 2_000])
  expect(failing.failingMs('sum')).toBe(0)
  failing.succeeded('count')
  expect([failing.failingMs('count'), fail()]).toEqual([0, 0])
})
