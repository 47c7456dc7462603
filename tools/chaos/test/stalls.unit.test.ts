import { expect, onTestFinished, test, vi } from 'vitest'
import { watchStalls } from '../src/stalls.ts'

test('a stall of the machine is recorded with its times, and a shorter delay is not', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let nowMs = 5_000
  using watch = watchStalls(() => nowMs)
  for (const ms of [100, 900, 3_000, 100]) {
    nowMs += ms
    vi.advanceTimersByTime(100)
  }
  expect(watch.stalls).toEqual([
    { kind: 'machine stalled', target: 'machine', atMs: 6_000, healedAtMs: 9_000, overAtMs: 9_000 },
  ])
})
