import { expect, test } from 'vitest'
import { countingDuring } from '../patterns/claim-check/count-during.ts'
import type { LoadProcess } from '../src/load/load-process.ts'

test('photos are counted from the begin of the window to its end, and not while the load is prepared', async () => {
  let [nowMs, ready] = [0, 0]
  const passes = (ms: number, photos: number) => {
    nowMs += ms
    ready += photos
  }
  const load = {
    run: async (_: unknown, beginWindow: () => Promise<{ end(): Promise<unknown> }>) => {
      passes(3_000, 9) // vacuum and checkpoint
      const window = await beginWindow()
      passes(12_000, 12)
      const readings = await window.end()
      passes(2_000, 6) // the last orders settle
      return { readings, measured: {} }
    },
  } as unknown as LoadProcess
  const counting = countingDuring(
    load,
    async () => ready,
    () => nowMs,
  )
  const { readings } = await counting.load.run({ kind: 'open', perSecond: 50, ms: 12_000 }, async () => {
    passes(500, 1) // the counters are read
    return { end: async () => 'readings' }
  })
  expect(readings).toBe('readings')
  expect(counting.counted()).toEqual({ before: 9, after: 22, seconds: 12.5 })
})
