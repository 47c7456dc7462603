import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placedAtMs, readOrderEvent } from '../src/server/live/order-event.ts'
import { countOutcomes, intervalMs } from '../src/server/live/outcomes.ts'

const orderId = '01a220d4-0e99-7000-a864-1b09a5dbe749'
const placedMs = placedAtMs(orderId)
const fulfilled = (afterMs: number) => ({
  orderId,
  type: 'OrderFulfilled',
  atMs: placedMs + afterMs,
  reason: undefined,
})

test('the time of an order is in its id', () => {
  expect(new Date(placedMs).toISOString()).toBe('2026-11-28T06:24:58.009Z')
  expect(placedAtMs('not-an-id')).toBeNaN()
})

test('orders are counted in the interval in which they end; the oldest intervals are forgotten', () => {
  let now = 0
  const counter = countOutcomes(() => now, Math.random)
  expect(counter.add(fulfilled(100))).toBe(true)
  now = intervalMs
  counter.add({ ...fulfilled(300), type: 'OrderCancelled', reason: 'customer' })
  expect(counter.add({ ...fulfilled(300), type: 'PaymentProcessed' })).toBe(false)
  const { intervals } = counter.read()
  expect(intervals).toHaveLength(60)
  expect(intervals.slice(-2)).toEqual([
    { fulfilled: 1, cancelled: {}, p50Ms: 100, p95Ms: 100 },
    { fulfilled: 0, cancelled: { customer: 1 }, p50Ms: 300, p95Ms: 300 },
  ])
  now = 60 * intervalMs
  expect(counter.read().intervals[0]).toMatchObject({ cancelled: { customer: 1 } })
  now = 1_000 * intervalMs
  expect(counter.read().intervals.every((interval) => interval.p50Ms === null)).toBe(true)
})

test('clocks that differ and unknown ids do no harm', () => {
  const counter = countOutcomes(() => 0, Math.random)
  counter.add(fulfilled(-5))
  counter.add({ ...fulfilled(0), orderId: 'other' })
  expect(counter.read().intervals.at(-1)).toEqual({ fulfilled: 2, cancelled: {}, p50Ms: 0, p95Ms: 0 })
})

test('of many orders a sample is kept, which is fair', () => {
  const counter = countOutcomes(() => 0, Math.random)
  for (let n = 0; n < 20_000; n += 1) counter.add(fulfilled(n))
  const { fulfilled: count, p50Ms } = counter.read().intervals.at(-1) ?? {}
  expect(count).toBe(20_000)
  expect(p50Ms).toBeGreaterThan(6_000)
  expect(p50Ms).toBeLessThan(14_000)
})

test('text that does not describe an event of an order is ignored', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const event = readOrderEvent(text)
      if (event) expect(event).toMatchObject({ type: expect.any(String), orderId: expect.any(String) })
    }),
  )
})
