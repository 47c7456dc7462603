import { expect, it } from 'vitest'
import { rate } from '../../src/index.ts'

it.each([
  ['50/s', 50],
  ['300/min', 5],
  ['18/h', 0.005],
])('%s is %d per second', (text, perSecond) => {
  expect(rate.parse(text)).toBe(perSecond)
})

it.each(['0/s', '1.5/s', '50', '/s', '50/d', '-1/s', '1000000/s', '50 /s', ''])('%j is not a rate', (text) => {
  expect(rate.safeParse(text).error?.issues[0]?.message).toContain('such as 50/s')
})
