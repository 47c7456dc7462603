import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { createScanStart } from '../src/jobs/scan-start.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
})

it('a scan begins where the last one has found something, and every ten minutes at the beginning', () => {
  const { next, found } = createScanStart<number>()
  expect(next()).toBeUndefined()
  expect(next()).toBeUndefined() // the first scan has failed
  found(3)
  expect(next()).toBe(3)
  found(5)
  vi.advanceTimersByTime(599_000)
  expect(next()).toBe(5)
  vi.advanceTimersByTime(1_000)
  expect(next()).toBeUndefined()
  expect(next()).toBe(5)
})
