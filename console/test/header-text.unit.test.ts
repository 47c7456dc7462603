import fc from 'fast-check'
import { expect, test } from 'vitest'
import { headerText } from '../src/page/api/header-text.ts'

test.each([
  ['Ada Lovelace', 'Ada Lovelace'],
  [' Jürgen ', 'Jürgen'],
  ['Łukasz', '?ukasz'],
  ['a\r\nb: c', 'a??b: c'],
  ['   ', ''],
])('%j is sent as %j', (text, expected) => {
  expect(headerText(text, 100)).toBe(expected)
})

test('any text is a valid header', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(new Headers({ 'x-operator': headerText(text, 100) }).get('x-operator')?.length).toBeLessThanOrEqual(100)
    }),
  )
})
