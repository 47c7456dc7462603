import { expect, test } from 'vitest'
import type { CauseGroup } from '../src/page/views/dead-letters/merge-groups.ts'
import { groupOf } from '../src/page/views/stuck/blocking-letters.ts'

const group = (address: string, ...types: string[]): CauseGroup => ({
  ...{ address, types, service: 'inventory', reason: 'attempts_exhausted', place: null, queue: 'inventory.inbox' },
  ...{ count: 6, error: 'The shelf is on fire', oldest: '', newest: '' },
})

const letters = [{ type: 'OrderPlaced' }, { type: 'PaymentProcessed' }]

test('dead letters of one cause lead to its group', () => {
  const all = group('all', 'PaymentProcessed', 'OrderPlaced')
  expect(groupOf(letters, [group('other', 'OrderPlaced'), all])).toBe(all)
})

test('without one group for all of them, or with several, none is chosen', () => {
  expect(groupOf(letters, [group('one', 'OrderPlaced'), group('other', 'PaymentProcessed')])).toBeUndefined()
  const alike = [group('one', 'OrderPlaced', 'PaymentProcessed'), group('other', 'OrderPlaced', 'PaymentProcessed')]
  expect(groupOf(letters, alike)).toBeUndefined()
})
