import { expect, test } from 'vitest'
import { operatorHeaders } from '../../src/operations/operator.ts'

const read = (name: string) => operatorHeaders.safeParse({ 'x-operator': name }).data?.['x-operator']

test.each([
  ['ada', 'ada'],
  ['%D0%9E%D0%BB%D1%8C%D0%B3%D0%B0', 'Ольга'],
  ['Ada%20Lovelace', 'Ada Lovelace'],
  ['Ada Lovelace', 'Ada Lovelace'],
  ['100% Ada', '100% Ada'], // not encoded
  [encodeURIComponent('я'.repeat(100)), 'я'.repeat(100)],
])('the name %s is recorded as %s', (sent, recorded) => {
  expect(read(sent)).toBe(recorded)
})

test.each(['', 'a%0Ab', 'a%E2%80%8Bb', encodeURIComponent('я'.repeat(101))])('the name %j is refused', (sent) => {
  expect(read(sent)).toBeUndefined()
})
