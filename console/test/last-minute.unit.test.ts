import { expect, test } from 'vitest'
import { newestOf } from '../src/page/views/orders/last-minute.ts'

const nothing = (intervals: number) => Array.from({ length: intervals }, () => null)

test('the newest value is one of the last minute', () => {
  expect(newestOf([7, ...nothing(47), 3, ...nothing(11)])).toBe(3)
  expect(newestOf([7, ...nothing(47), 3, ...nothing(12)])).toBe(null)
  expect(newestOf([])).toBe(null)
})
