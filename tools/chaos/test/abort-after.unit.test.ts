import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { abortAfter } from '../src/load/abort-after.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('work that takes too long is aborted', async () => {
  const controller = new AbortController()
  const { promise: work, reject } = Promise.withResolvers<never>()
  controller.signal.addEventListener('abort', () => reject(new Error('aborted')))
  const aborted = expect(abortAfter(1_000, controller, work)).rejects.toThrow('aborted')
  vi.advanceTimersByTime(999)
  expect(controller.signal.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  await aborted
})

test('work that has ended leaves no timer that aborts later work', async () => {
  const controller = new AbortController()
  expect(await abortAfter(1_000, controller, Promise.resolve('done'))).toBe('done')
  await expect(abortAfter(1_000, controller, Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  vi.advanceTimersByTime(1_000)
  expect(controller.signal.aborted).toBe(false)
  expect(vi.getTimerCount()).toBe(0)
})
