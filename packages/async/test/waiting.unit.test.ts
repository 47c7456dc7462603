import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Alarm, backoffMs, onceASecond, pause, repeat, within } from '../src/index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const ended = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false
  void promise.then(() => {
    done = true
  })
  await vi.advanceTimersByTimeAsync(0)
  return done
}

describe('a pause', () => {
  it('lasts for the given time', async () => {
    const paused = pause(1_000, new AbortController().signal)
    await vi.advanceTimersByTimeAsync(999)
    expect(await ended(paused)).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await ended(paused)).toBe(true)
  })

  it('ends when its signal aborts, even if that happened before', async () => {
    const stopping = new AbortController()
    const paused = pause(1_000, stopping.signal)
    stopping.abort()
    expect(await ended(paused)).toBe(true)
    expect(await ended(pause(1_000, stopping.signal))).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})

it('backoff doubles with each failure up to its maximum, and jitter makes it shorter', () => {
  const waits = (random: number) =>
    [1, 2, 3, 4].map((failures) => backoffMs(failures, { firstMs: 100, maxMs: 500, random: () => random }))
  expect(waits(1)).toEqual([100, 200, 400, 500])
  expect(waits(0.5)).toEqual([50, 100, 200, 250])
})

it('an alarm ends the running pause, or else the next one', async () => {
  const alarm = new Alarm()
  const { signal } = new AbortController()
  const running = alarm.pause(1_000, signal)
  alarm.ring()
  expect(await ended(running)).toBe(true)
  alarm.ring()
  expect(await ended(alarm.pause(1_000, signal))).toBe(true)
  expect(await ended(alarm.pause(1_000, signal))).toBe(false)
})

it.each([
  ['rejects', () => Promise.reject(new Error('no'))],
  [
    'throws',
    () => {
      throw new Error('no')
    },
  ],
])('a step is repeated until the signal aborts, even if it %s', async (_, fail) => {
  const stopping = new AbortController()
  const errors: unknown[] = []
  let runs = 0
  const step = () => {
    runs += 1
    return runs === 1 ? fail() : Promise.resolve()
  }
  const repeated = repeat(step, { everyMs: 100, signal: stopping.signal, onError: (error) => errors.push(error) })
  await vi.advanceTimersByTimeAsync(250)
  stopping.abort()
  expect(await ended(repeated)).toBe(true)
  expect([runs, errors.length]).toEqual([3, 1])
})

it('within stops waiting for hanging work, and rejects if the work fails', async () => {
  vi.useRealTimers() // it uses the timers of node:timers/promises, which can't be faked
  await within(1, new Promise(() => undefined))
  await expect(within(1_000, Promise.reject(new Error('no')))).rejects.toThrow('no')
})

it('onceASecond drops further calls within a second', async () => {
  const calls: number[] = []
  const call = onceASecond((n: number) => calls.push(n))
  call(1)
  call(2)
  await vi.advanceTimersByTimeAsync(1_000)
  call(3)
  expect(calls).toEqual([1, 3])
})
