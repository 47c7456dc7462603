import { expect, test } from 'vitest'
import { countEvents } from '../src/server/live/event-counts.ts'

test('events are counted by type until they are taken', () => {
  const counter = countEvents()
  for (const type of ['OrderPlaced', 'OrderFulfilled', 'OrderPlaced']) counter.add(type)
  expect(counter.take()).toEqual({ OrderPlaced: 2, OrderFulfilled: 1 })
  expect(counter.take()).toBeUndefined()
})

test('types beyond the limit share a count, so that a message stays small', () => {
  const counter = countEvents()
  for (let type = 0; type < 1_000; type += 1) counter.add(`Type${type}`)
  counter.add('Type0')
  const counts = counter.take() ?? {}
  expect(Object.keys(counts)).toHaveLength(201)
  expect(counts['Type0']).toBe(2)
  expect(counts['others']).toBe(800)
})

test('a type that is also the name of a member of objects is counted as any other', () => {
  const counter = countEvents()
  counter.add('__proto__')
  expect(Object.entries(counter.take() ?? {})).toEqual([['__proto__', 1]])
})
