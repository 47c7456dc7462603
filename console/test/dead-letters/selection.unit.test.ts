import { expect, test } from 'vitest'
import { remaining, without } from '../../src/page/views/dead-letters/selection.ts'
import { letterOf } from './letter.ts'

const selectionOf = (...ids: string[]) => new Map(ids.map((id) => [id, letterOf(id)]))

const pageOf = (nextCursor: string | null, ...ids: string[]) => ({ nextCursor, items: ids.map(letterOf) })

const idsOf = (selection: ReadonlyMap<string, unknown>) => [...selection.keys()]

test('a dead letter that newer ones push out of the list stays selected', () => {
  expect(idsOf(remaining(selectionOf('1', '3'), pageOf('more', '5', '4', '3')))).toEqual(['3', '1'])
})

test('a dead letter that the list would contain if it were parked is not selected any more', () => {
  expect(idsOf(remaining(selectionOf('1', '4'), pageOf('more', '5', '3', '2')))).toEqual(['1'])
  expect(idsOf(remaining(selectionOf('1', '4'), pageOf(null, '5', '3', '2')))).toEqual([])
})

test('a dead letter that a page has shown to be settled does not come back with a later page', () => {
  const left = remaining(selectionOf('1', '3', '4'), pageOf('more', '5', '3', '2'))
  expect(idsOf(remaining(left, pageOf('more', '9', '8', '7')))).toEqual(['3', '1'])
})

test('a dead letter that was replayed is dropped from the selection', () => {
  expect(idsOf(without(selectionOf('1', '2'), { id: '1' }))).toEqual(['2'])
})
