import { expect, test } from 'vitest'
import {
  ageOf,
  clockTimeOf,
  durationOf,
  moneyOf,
  preciseTimeOf,
  remainingOf,
  shortId,
  timeOf,
} from '../src/page/format.ts'

test.each([
  [2_500, 'EUR', '€25.00'],
  [7_500, 'JPY', '¥7,500'],
  [15_000, 'KWD', 'KWD 15.000'],
  [0, 'USD', '$0.00'],
  [123_456, 'COP', 'COP 1,234.56'], // Intl alone would show no digits after the point
  [123_456, 'HUF', 'HUF 1,234.56'],
  [12, 'e', '12 e'],
])('%i minor units of %s are %s', (amount, currency, text) => {
  expect(moneyOf(amount, currency, 'en-US').replaceAll('\u00a0', ' ')).toBe(text)
})

test.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [200_000_000, '2 d'],
])('%i ms ago is %s', (ms, text) => {
  const time = '2026-11-28T06:24:58.000Z'
  expect(ageOf(time, Date.parse(time) + ms)).toBe(text)
})

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1_240, '1.2 s'],
  [20_000, '20 s'],
  [90_000, '2 min'],
  [5_400_000, '1.5 h'],
])('%d ms takes %s', (ms, text) => {
  expect(durationOf(ms)).toBe(text)
})

test('the rest of the time until then, and nothing afterwards', () => {
  const time = '2026-11-28T06:24:58.000Z'
  expect(remainingOf(time, Date.parse(time) - 150_000)).toBe('2 min')
  expect(remainingOf(time, Date.parse(time))).toBeUndefined()
})

test('a time has a date and a time zone, and that of an event has milliseconds', () => {
  const time = '2026-11-28T06:24:58.012Z'
  expect(timeOf(time, 'en-US')).toMatch(/^Nov 2[789], 2026, \d+:\d\d:58\s[AP]M (?:[A-Z]{2,}|GMT[+-]\d).*$/)
  expect(preciseTimeOf(time, 'en-US')).toMatch(/^Nov 2[789], 2026, \d\d:\d\d:58\.012 (?:[A-Z]{2,}|GMT[+-]\d).*$/)
})

test('the time of an event has milliseconds, also just after midnight', () => {
  const midnight = new Date(2026, 10, 28, 0, 3, 7, 12).toISOString()
  expect(clockTimeOf(midnight)).toBe('00:03:07.012')
})

test('the end of an id tells orders apart', () => {
  expect(shortId('01a220d4-0e99-7000-a864-1b09a5dbe749')).toBe('a5dbe749')
})
