import { expect, test } from 'vitest'
import { collectChanges } from '../src/server/live/changes.ts'

test('an order is listed once, and its events are counted by type, until they are taken', () => {
  const changes = collectChanges(10)
  changes.add('1', 'OrderPlaced')
  changes.add('1', 'OrderFulfilled')
  changes.add('2', 'OrderPlaced')
  expect(changes.take()).toEqual({ orders: ['1', '2'], unlisted: 0, types: { OrderPlaced: 2, OrderFulfilled: 1 } })
  expect(changes.take()).toBeUndefined()
})

test('beyond the limit of orders, events are only counted', () => {
  const changes = collectChanges(2)
  for (const id of ['1', '2', '3', '4', '1', '3']) changes.add(id, 'OrderPlaced')
  expect(changes.take()).toEqual({ orders: ['1', '2'], unlisted: 3, types: { OrderPlaced: 6 } })
})

test('types beyond the limit share a count, so that a message stays small', () => {
  const changes = collectChanges(10)
  for (let type = 0; type < 1_000; type += 1) changes.add('1', `Type${type}`)
  changes.add('1', 'Type0')
  const { types } = changes.take() ?? expect.unreachable()
  expect(Object.keys(types)).toHaveLength(201)
  expect(types['Type0']).toBe(2)
  expect(types['others']).toBe(800)
})

test('a type that is also the name of a member of objects is counted as any other', () => {
  const changes = collectChanges(10)
  changes.add('1', '__proto__')
  expect(Object.entries(changes.take()?.types ?? {})).toEqual([['__proto__', 1]])
})
