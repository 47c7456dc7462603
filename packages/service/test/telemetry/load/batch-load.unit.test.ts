/** A simulated reactor with a known capacity: a batch takes 5 ms, plus 0.2 ms per message. */
import { seeded } from '@quadrille/testing'
import { describe, expect, it, test } from 'vitest'
import { createBatchLoad } from '../../../src/telemetry/load/batch-load.ts'

const fullSize = 250
const durationMs = (size: number) => 5 + 0.2 * size
const capacityPerS = (fullSize / durationMs(fullSize)) * 1_000

/** The utilisation at this rate of random arrivals, measured over the second half of 20 s. */
const utilisationAt = (arrivalsPerS: number): number => {
  const random = seeded(7)
  const draw = () => random.below(1_000_000) / 1_000_000
  const pauseMs = () => (-Math.log(1 - draw()) / arrivalsPerS) * 1_000
  let nowMs = 0
  let nextAtMs = pauseMs()
  let halfTime = { atMs: 0, busyMs: 0 }
  const load = createBatchLoad({ fullSize, now: () => nowMs })
  let waiting = 0
  while (nowMs < 20_000) {
    if (waiting === 0) nowMs = Math.max(nowMs, nextAtMs)
    for (; nextAtMs <= nowMs; nextAtMs += pauseMs()) waiting += 1
    const size = Math.min(fullSize, waiting)
    const ended = load.begin(size)
    nowMs += durationMs(size) * (0.7 + 0.6 * draw())
    ended()
    waiting -= size
    if (halfTime.atMs === 0 && nowMs > 10_000) halfTime = { atMs: nowMs, busyMs: load.busyMs() }
  }
  return (load.busyMs() - halfTime.busyMs) / (nowMs - halfTime.atMs)
}

describe('a reactor', () => {
  test.each([0.05, 0.2, 0.5, 0.8, 0.95])('at %d of its capacity has that utilisation', (share) => {
    expect(Math.abs(utilisationAt(share * capacityPerS) - share)).toBeLessThan(0.08)
  })

  it('is fully utilised by more arrivals than it can handle', () => {
    expect(utilisationAt(1.5 * capacityPerS)).toBeGreaterThan(0.97)
  })

  it('counts a long batch before it ends', () => {
    let nowMs = 0
    const load = createBatchLoad({ fullSize, now: () => nowMs })
    load.begin(1)
    nowMs = 3_000
    expect(load.busyMs()).toBe(3_000)
  })

  it('is busy for the duration of its batches if a full batch has one message', () => {
    let nowMs = 0
    const load = createBatchLoad({ fullSize: 1, now: () => nowMs })
    for (let count = 0; count < 10; count += 1) {
      const ended = load.begin(1)
      nowMs += 5
      ended()
      nowMs += 5
    }
    expect(load.busyMs()).toBeCloseTo(50)
  })
})
