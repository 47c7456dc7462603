/** The tables of the comparison, from given measurements. */
import { expect, test } from 'vitest'
import { snapshotTable } from '../patterns/database-as-queue/results.ts'
import { fullSizes } from '../patterns/database-as-queue/sizes.ts'
import { rounded } from '../patterns/rounded.ts'

test('the rates around a snapshot leave out the seconds in which it begins and ends', () => {
  const perSecond = [1, 20, 20, 5, 5, 5, 2, 4, 3, 9, 30, 30]
  const sizes = { ...fullSizes, snapshotMs: { before: 3_000, held: 6_000, after: 3_000 } }
  const kind = {
    name: 'rows',
    usesRabbitMq: false,
    mayRepeat: false,
    open: () => Promise.reject(new Error('It is not opened.')),
  }
  const { rows } = snapshotTable([[kind, { perSecond, deadRows: 12_345 }]], sizes)
  expect(rows).toEqual([['rows', '20', '3', '30', '12,000']])
})

test('a figure has two significant digits, and an unknown one is a dash', () => {
  expect([0, 0.0123, 9.87, 123, 98_765, Number.NaN].map(rounded)).toEqual(['0', '0.012', '9.9', '120', '99,000', '–'])
})
