/** The pure parts of the comparison with an orchestrator. */
import { expect, test } from 'vitest'
import { expectedEnding } from '../patterns/orchestration/endings.ts'
import { cellsOf } from '../patterns/orchestration/outage.ts'
import { linesOf, scenarios } from '../patterns/orchestration/scenarios.ts'
import { acceptedPerSecond, pointsOf } from '../patterns/outage/outage.ts'

test('the scenarios cover every end of an order', () => {
  expect(new Set(scenarios.map(({ end }) => end))).toEqual(
    new Set([
      'fulfilled',
      'not accepted (422)',
      ...['customer', 'payment_declined', 'out_of_stock', 'expired'].map((reason) => `cancelled (${reason})`),
    ]),
  )
})

test('a fulfilled order keeps the money and the pieces of all its lines, and a cancelled one keeps nothing', () => {
  const [paid] = scenarios
  const lines = paid ? linesOf(paid, { first: 'mug', second: 'cup' }) : []
  expect(expectedEnding('fulfilled', lines)).toEqual({ end: 'fulfilled', kept: 3_000, taken: 3, held: 0 })
  const nothing = { kept: 0, taken: 0, held: 0 }
  expect(expectedEnding('cancelled (expired)', lines)).toEqual({ end: 'cancelled (expired)', ...nothing })
})

test('the recovery ends with the last order from before the restart, and a broken connection counts as refused', () => {
  const at = (intended: number, settledAt: number | null, answer: 'accepted' | 'unanswered' = 'accepted') => ({
    ...{ intended, settledAt, answer, answeredAt: intended + 5 },
  })
  const orders = [at(1_000, 1_100), at(1_990, null, 'unanswered'), at(2_500, 3_400), at(3_500, 9_000)]
  const outage = { orders, begunAt: 1_000, awayAt: 2_000, backAt: 3_000 }
  expect(cellsOf(outage)).toEqual(['3', '1', '5', '0', '0.4'])
  expect(
    pointsOf(outage, acceptedPerSecond)
      .slice(0, 6)
      .map(([, value]) => value),
  ).toEqual([2, 0, 0, 2, 0, 2])
})
