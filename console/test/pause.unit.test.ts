import { afterEach, expect, test, vi } from 'vitest'
import { pause } from '../src/page/pause.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('a pause leaves no timer when it is aborted, and no listener when it has ended', async () => {
  vi.useFakeTimers()
  const stopping = new AbortController()
  const removed = vi.spyOn(stopping.signal, 'removeEventListener')
  const first = pause(1_000, stopping.signal)
  await vi.advanceTimersByTimeAsync(1_000)
  await first
  expect(removed).toHaveBeenCalledTimes(1)
  const second = pause(1_000, stopping.signal)
  stopping.abort()
  await second
  await pause(1_000, stopping.signal) // it is aborted already
  expect(vi.getTimerCount()).toBe(0)
})
