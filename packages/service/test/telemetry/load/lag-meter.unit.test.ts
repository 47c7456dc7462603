import { expect, test } from 'vitest'
import { createLagMeter } from '../../../src/telemetry/load/lag-meter.ts'

test('shows the greatest age of the last 5 to 10 s, and then that it knows none', () => {
  let nowMs = 100
  const lag = createLagMeter({ now: () => nowMs })
  expect(lag.read()).toBeNull()
  lag.add(30)
  lag.add(10)
  expect(lag.read()).toBe(30)
  nowMs += 6_000
  lag.add(20)
  expect(lag.read()).toBe(30)
  nowMs += 5_000
  expect(lag.read()).toBe(20)
  nowMs += 5_000
  expect(lag.read()).toBeNull()
})

test('an idle time of any length ends a measurement', () => {
  let nowMs = 0
  const lag = createLagMeter({ now: () => nowMs })
  lag.add(30)
  nowMs = 1_000_000
  expect(lag.read()).toBeNull()
  lag.add(0)
  expect(lag.read()).toBe(0)
})

test('the interval may be longer', () => {
  let nowMs = 0
  const lag = createLagMeter({ intervalMs: 60_000, now: () => nowMs })
  lag.add(30)
  nowMs = 119_999
  expect(lag.read()).toBe(30)
  nowMs = 120_000
  expect(lag.read()).toBeNull()
})
