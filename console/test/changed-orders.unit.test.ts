import { expect, test } from 'vitest'
import { collectChanges } from '../src/server/live/changed-orders.ts'

test('an order is listed once, with its newest event', () => {
  const changes = collectChanges(10)
  changes.add('1', 'OrderPlaced')
  changes.add('1', 'OrderFulfilled')
  expect(changes.take()).toEqual({ orders: { 1: 'OrderFulfilled' }, unlisted: 0 })
  expect(changes.take()).toBeUndefined()
})

test('beyond the limit, events are only counted', () => {
  const changes = collectChanges(2)
  for (const id of ['1', '2', '3', '4', '1', '3']) changes.add(id, 'OrderPlaced')
  expect(changes.take()).toEqual({ orders: { 1: 'OrderPlaced', 2: 'OrderPlaced' }, unlisted: 3 })
})
