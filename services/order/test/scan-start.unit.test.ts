import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { createScanStart } from '../src/jobs/scan-start.ts'

const minuteMs = 60_000
const noonMs = Date.parse('2026-01-01T12:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'], now: noonMs })
  onTestFinished(() => void vi.useRealTimers())
})

const open = () => createScanStart(() => new Date())

it('a scan begins five minutes before the first order of the last one, and every ten minutes at the beginning', () => {
  const { next, nothingBefore } = open()
  expect(next()).toBe(0)
  expect(next()).toBe(0) // the first scan has failed
  nothingBefore(noonMs - minuteMs)
  expect(next()).toBe(noonMs - 6 * minuteMs)
  nothingBefore(noonMs)
  vi.advanceTimersByTime(599_000)
  expect(next()).toBe(noonMs - 5 * minuteMs)
  vi.advanceTimersByTime(1_000)
  expect(next()).toBe(0)
  expect(next()).toBe(noonMs - 5 * minuteMs)
})

it('after the clock was set back, a scan begins five minutes before its new time', () => {
  const { next, nothingBefore } = open()
  next()
  nothingBefore(noonMs)
  vi.setSystemTime(noonMs - 60 * minuteMs)
  expect(next()).toBe(noonMs - 65 * minuteMs)
})
