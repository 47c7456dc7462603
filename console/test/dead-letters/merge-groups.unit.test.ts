import { expect, test } from 'vitest'
import type { DeadLetterGroup } from '../../src/page/api/types.ts'
import { causeOf, membersOf, routeOf } from '../../src/page/views/dead-letters/group-filter.ts'
import { groupOf, mergeGroups } from '../../src/page/views/dead-letters/merge-groups.ts'
import { letterOf } from './letter.ts'

const group = (type: string, more: Partial<DeadLetterGroup> = {}): DeadLetterGroup => ({
  ...{ type, reason: 'attempts_exhausted', queue: 'inventory.inbox', place: 'reserve (reserve.ts:7)', count: 3 },
  ...{ error: 'no such column', oldest: '2026-11-28T10:00:00.000Z', newest: '2026-11-28T10:05:00.000Z' },
  ...more,
})

test('messages of several types that fail alike are one group', () => {
  const early = '2026-11-28T09:00:00.000Z'
  const [merged, ...others] = mergeGroups('inventory', [
    group('OrderPlaced'),
    group('PaymentProcessed', { oldest: early }),
  ])
  expect(merged).toMatchObject({ types: ['OrderPlaced', 'PaymentProcessed'], count: 6, oldest: early })
  expect(causeOf(new URLSearchParams(merged?.address.split('?')[1]))).toEqual({
    ...{ reason: 'attempts_exhausted', place: 'reserve (reserve.ts:7)', queue: 'inventory.inbox' },
    types: ['OrderPlaced', 'PaymentProcessed'],
  })
  expect(others).toEqual([])
})

test('another reason, place or error is another group; the largest comes first', () => {
  const groups = [
    group('OrderPlaced'),
    group('OrderPlaced', { place: 'release (release.ts:9)', count: 5 }),
    group('', { reason: 'not_json', place: null, count: 2 }),
    group('PaymentProcessed', { error: 'deadlock', count: 1 }),
  ]
  expect(mergeGroups('inventory', groups).map(({ count }) => count)).toEqual([5, 3, 2, 1])
})

test('the members of a group have its types and its place', () => {
  const letter = (type: string, place: string | null) => ({ type, place }) as Parameters<typeof membersOf>[0][number] // of which only these are read
  const letters = [letter('', null), letter('OrderPlaced', null), letter('', 'a place')]
  expect(membersOf(letters, causeOf(new URLSearchParams('reason=not_json')))).toEqual([letters[0]])
  expect(membersOf(letters, causeOf(new URLSearchParams('place=a place')))).toEqual([letters[2]])
})

test('a type that no route accepts is not a filter; nor are several', () => {
  const cause = { reason: 'schema_violation', place: null, queue: 'payment.inbox' }
  const typeIn = (...types: string[]) =>
    new URLSearchParams(routeOf('payment', { ...cause, types }).split('?')[1]).get('type')
  expect(typeIn('OrderPlaced')).toBe('OrderPlaced')
  expect(typeIn('Order\nPlaced')).toBeNull()
  expect(typeIn('')).toBeNull()
  expect(typeIn('OrderPlaced', 'PaymentProcessed')).toBeNull()
})

test('the group of a dead letter is one of its queue', () => {
  const groups = mergeGroups('payment', [
    group('OrderPlaced', { queue: 'payment.tasks', error: 'one', count: 9, place: null }),
    group('OrderPlaced', { queue: 'payment.inbox', error: 'another', count: 2, place: null }),
  ])
  expect(groupOf(groups, letterOf('1'))?.count).toBe(2)
  expect(groupOf(groups, { ...letterOf('1'), queue: 'payment.events' })).toBe(undefined)
  const ofSeveralQueues = mergeGroups('payment', [
    group('OrderPlaced', { queue: 'payment.tasks', place: null }),
    group('OrderPlaced', { queue: 'payment.inbox', place: null }),
  ])
  expect(groupOf(ofSeveralQueues, letterOf('1'))?.count).toBe(6)
})
