import { expect, test } from 'vitest'
import { recoveries } from '../src/report/recovery.ts'

const fault = (kind: string, [atMs, healedAtMs, overAtMs]: readonly [number, number, number]) => ({
  kind,
  target: 'order-1',
  atMs,
  healedAtMs,
  overAtMs,
})
const order = (placedAtMs: number, settledAtMs: number | null) => ({ placedAtMs, settledAtMs })

test('recovery lasts until an order that was placed after the fault is settled', () => {
  const orders = [order(900, 1_100), order(1_000, null), order(1_050, 1_700), order(1_200, 1_600)]
  expect(recoveries([fault('killed', [500, 1_000, 1_300])], orders)).toEqual([
    { kind: 'killed', ms: 600, undisturbed: true },
  ])
})

test('only a fault that is active at the same time disturbs the recovery', () => {
  const healed = fault('killed', [500, 1_000, 1_000])
  const orders = [order(1_000, 1_500)]
  const undisturbedBy = (other: ReturnType<typeof fault>) => recoveries([healed, other], orders)[0]?.undisturbed
  expect(undisturbedBy(fault('cut', [400, 1_200, 1_200]))).toBe(false)
  expect(undisturbedBy(fault('cut', [400, 900, 900]))).toBe(true)
  expect(undisturbedBy(fault('cut', [1_600, 1_700, 1_700]))).toBe(true)
})

test('without a settled order there is no recovery', () => {
  expect(recoveries([fault('killed', [500, 1_000, 1_000])], [order(900, 1_100), order(1_100, null)])).toEqual([])
})
