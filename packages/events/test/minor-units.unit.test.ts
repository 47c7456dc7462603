import { expect, test } from 'vitest'
import { minorDigitsOf } from '../src/minor-units.ts'

const everydayDigitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2

test.each([
  ['EUR', 2],
  ['JPY', 0],
  ['KWD', 3],
  ['CLF', 4],
  ['COP', 2],
  ['HUF', 2],
])('an amount in %s has %i digits after the point', (currency, digits) => {
  expect(minorDigitsOf(currency)).toBe(digits)
})

test('no currency has fewer digits than in everyday life', () => {
  const currencies = Intl.supportedValuesOf('currency')
  expect(currencies.filter((currency) => minorDigitsOf(currency) < everydayDigitsOf(currency))).toEqual([])
})
