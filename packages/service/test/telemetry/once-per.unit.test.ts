import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { oncePer } from '../../src/telemetry/once-per.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('repeats a line after its time, also between others', () => {
  const isDue = oncePer(1_000)
  expect(['a', 'b', 'a', 'b'].map(isDue)).toEqual([true, true, false, false])
  vi.advanceTimersByTime(999)
  expect(isDue('a')).toBe(false)
  vi.advanceTimersByTime(1)
  expect(['a', 'b', 'a'].map(isDue)).toEqual([true, true, false])
})

it('forgets the oldest lines if many differ', () => {
  const isDue = oncePer(1_000)
  const lines = Array.from({ length: 1_000 }, (_, number) => String(number))
  expect(lines.filter(isDue)).toHaveLength(1_000)
  expect(lines.slice(-100).filter(isDue)).toEqual([])
  expect(isDue('0')).toBe(true)
})
