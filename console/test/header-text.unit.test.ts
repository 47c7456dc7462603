import fc from 'fast-check'
import { expect, test } from 'vitest'
import { headerText } from '../src/page/api/header-text.ts'

test.each([
  ['Ada', 'Ada'],
  [' Ada Lovelace ', 'Ada%20Lovelace'],
  ['Ольга', '%D0%9E%D0%BB%D1%8C%D0%B3%D0%B0'],
  ['100%', '100%25'],
  ['a\r\nb: c', 'a%0D%0Ab%3A%20c'],
  ['   ', ''],
])('%j is sent as %j', (text, expected) => {
  expect(headerText(text, 100)).toBe(expected)
})

test('any text is a valid header', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const sent = new Headers({ 'x-operator': headerText(text, 100) }).get('x-operator') ?? ''
      expect(decodeURIComponent(sent).length).toBeLessThanOrEqual(100)
    }),
  )
})
