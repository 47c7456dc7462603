import { seeded } from '@quadrille/testing'
import { expect, test } from 'vitest'
import { endsAtOnce, type Fault } from '../src/faults/fault.ts'
import { planOf } from '../src/plan.ts'
import { countUndelayed } from '../src/report/expiry.ts'

const faults = ['killed', 'paused', 'cut'].flatMap((kind) =>
  ['order-1', 'order-2'].map(
    (target): Fault => ({ kind, target, parts: [target], lastsMs: [100, 200], inject: async () => endsAtOnce }),
  ),
)
const longFaults = faults.map((fault): Fault => ({ ...fault, lastsMs: [20_000, 30_000] })) // as an outage of RabbitMQ
const plan = (seed: number) => planOf(faults, seeded(seed), { forMs: 60_000, everyMs: 1_000 })

test('the same seed makes the same plan, and another seed another plan', () => {
  expect(plan(1)).toEqual(plan(1))
  expect(plan(1)).not.toEqual(plan(2))
})

test('every kind occurs once before any is repeated', () => {
  const kinds = plan(3).map(({ fault }) => fault.kind)
  expect(kinds.length).toBeGreaterThan(30)
  for (let start = 0; start + 3 <= kinds.length; start += 3) expect(new Set(kinds.slice(start, start + 3)).size).toBe(3)
})

test('faults begin within the time of the run, with the requested frequency and duration', () => {
  const all = Array.from({ length: 20 }, (_, seed) => plan(seed)).flat()
  expect(all.length / 20).toBeGreaterThan(50)
  expect(all.length / 20).toBeLessThan(70)
  for (const { atMs, lastsMs } of all) {
    expect(atMs).toBeLessThan(60_000)
    expect(lastsMs).toBeGreaterThanOrEqual(100)
    expect(lastsMs).toBeLessThan(200)
  }
})

test.each([5, 60])('in a run of %i minutes even with long faults some orders have none in their time', (minutes) => {
  const forMs = minutes * 60_000
  const orders = Array.from({ length: 60 * minutes }, (_, second) => ({ placedAtMs: 1_000 * second }))
  const shares = Array.from({ length: 20 }, (_, seed) => {
    const injected = planOf(longFaults, seeded(seed), { forMs, everyMs: 4_000 }).map(
      ({ fault: { kind, target }, atMs, lastsMs }) => {
        const overAtMs = atMs + lastsMs
        return { kind, target, atMs, healedAtMs: overAtMs, overAtMs }
      },
    )
    return countUndelayed(orders, injected, 20_000) / orders.length
  })
  expect(Math.min(...shares)).toBeGreaterThan(0.05)
})

test('long faults also begin shortly before the end of a run that ends before its first minute without faults', () => {
  const all = Array.from({ length: 20 }, (_, seed) =>
    planOf(longFaults, seeded(seed), { forMs: 120_000, everyMs: 4_000 }),
  ).flat()
  expect(Math.max(...all.map(({ atMs }) => atMs))).toBeGreaterThan(115_000)
})
