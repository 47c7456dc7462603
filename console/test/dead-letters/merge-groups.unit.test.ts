import { expect, test } from 'vitest'
import type { DeadLetterGroup } from '../../src/page/api/types.ts'
import { causeOf, routeOf } from '../../src/page/views/dead-letters/group-filter.ts'
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

test('the service lists the members of a group: with its place, and of any of its types', () => {
  const cause = { reason: 'schema_violation', place: null, queue: '', types: ['OrderPlaced', 'Order\nPlaced', ''] }
  const [, route = ''] = routeOf('payment', cause).split('?')
  expect(route).toBe(
    'status=parked&limit=100&reason=schema_violation&place=&type=OrderPlaced&type=Order%0APlaced&type=',
  )
  expect(causeOf(new URLSearchParams(route))).toEqual(cause)
  expect(routeOf('payment', { ...cause, place: 'a place' })).toContain('&place=a+place&')
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
