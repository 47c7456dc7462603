import { expect, test } from 'vitest'
import type { CauseGroup } from '../src/page/views/dead-letters/merge-groups.ts'
import { groupOf } from '../src/page/views/stuck/group-of-letters.ts'

const groupOfMany = (count: number, address: string, ...types: string[]): CauseGroup => ({
  ...{ address, types, service: 'inventory', reason: 'attempts_exhausted', place: null, queue: 'inventory.inbox' },
  ...{ count, error: 'The shelf is on fire', oldest: '', newest: '' },
})

const group = (address: string, ...types: string[]) => groupOfMany(6, address, ...types)

const letters = [{ type: 'OrderPlaced' }, { type: 'PaymentProcessed' }]

test('dead letters of one cause lead to its group', () => {
  const all = group('all', 'PaymentProcessed', 'OrderPlaced')
  expect(groupOf(letters, [group('other', 'OrderCancelled'), all])).toBe(all)
})

test('a group is not chosen if another one may have some of them', () => {
  const all = group('all', 'PaymentProcessed', 'OrderPlaced')
  expect(groupOf(letters, [all, group('other', 'PaymentProcessed')])).toBeUndefined()
  expect(groupOf(letters, [group('one', 'OrderPlaced'), group('other', 'PaymentProcessed')])).toBeUndefined()
  const alike = [group('one', 'OrderPlaced', 'PaymentProcessed'), group('other', 'OrderPlaced', 'PaymentProcessed')]
  expect(groupOf(letters, alike)).toBeUndefined()
})

test('a group is chosen only if it has all of them, and its page lists them', () => {
  expect(groupOf(letters, [group('one', 'OrderPlaced')])).toBeUndefined()
  expect(groupOf(letters, [])).toBeUndefined()
  const full = groupOfMany(100, 'full', 'OrderPlaced', 'PaymentProcessed')
  expect(groupOf(letters, [full])).toBe(full)
  expect(groupOf(letters, [full, groupOfMany(1, 'other', 'OrderCancelled')])).toBeUndefined()
})
