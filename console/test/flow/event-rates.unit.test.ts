import { expect, test } from 'vitest'
import { createEventRates } from '../../src/page/event-rates.ts'
import { levelOf } from '../../src/page/views/flow/layout.ts'

test('a rate is that of the last five seconds, without the present one', () => {
  const rates = createEventRates()
  rates.begin(0)
  for (let second = 0; second < 20; second += 1)
    rates.add({ OrderPlaced: 10, PaymentProcessed: 1 }, second * 1_000 + 500)
  expect(rates.perSecond(20_000, 'OrderPlaced')).toBe(10)
  expect(rates.perSecond(23_900, 'OrderPlaced')).toBe(4)
  expect(rates.perSecond(26_000, 'OrderPlaced')).toBe(0)
  expect(rates.perSecond(20_000, 'OrderCancelled')).toBe(0)
})

test('a rate is right soon after the stream was opened', () => {
  const rates = createEventRates()
  rates.begin(60_000)
  expect(rates.perSecond(60_500, 'OrderPlaced')).toBe(0)
  rates.add({ OrderPlaced: 6 }, 60_900)
  rates.add({ OrderPlaced: 4 }, 61_900)
  expect(rates.perSecond(62_000, 'OrderPlaced')).toBe(5)
})

test('old counts are forgotten', () => {
  const rates = createEventRates()
  rates.begin(0)
  rates.add({ OrderPlaced: 1 }, 0)
  rates.add({ OrderPlaced: 1 }, 3_600_000)
  expect(rates.perSecond(5_000, 'OrderPlaced')).toBe(0)
})

test.each([
  [null, 0],
  [0, 0],
  [0.2, 1],
  [1, 2],
  [9.9, 2],
  [10, 3],
  [5_000, 4],
])('%s events a second are a line of thickness %s', (perSecond, level) => {
  expect(levelOf(perSecond)).toBe(level)
})
