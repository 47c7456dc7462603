import { expect, test } from 'vitest'
import { remaining, sortSelection, without } from '../../src/page/views/dead-letters/selection.ts'
import { letterOf } from './letter.ts'

const selectionOf = (...ids: string[]) => new Map(ids.map((id) => [id, letterOf(id)]))

const pageOf = (nextCursor: string | null, ...ids: string[]) => ({ nextCursor, items: ids.map(letterOf) })

const sorted = (...given: Parameters<typeof sortSelection>) => {
  const { listed, older } = sortSelection(...given)
  return { listed: listed.map(({ id }) => id), older: older.map(({ id }) => id) }
}

test('a dead letter that newer ones push out of the list stays selected', () => {
  expect(sorted(selectionOf('1', '3'), pageOf('more', '5', '4', '3'))).toEqual({ listed: ['3'], older: ['1'] })
})

test('a dead letter that the list would contain if it were parked is not selected any more', () => {
  expect(sorted(selectionOf('1', '4'), pageOf('more', '5', '3', '2'))).toEqual({ listed: [], older: ['1'] })
  expect(sorted(selectionOf('1', '4'), pageOf(null, '5', '3', '2'))).toEqual({ listed: [], older: [] })
})

test('a dead letter that a page has shown to be settled does not come back with a later page', () => {
  const left = remaining(selectionOf('1', '3', '4'), pageOf('more', '5', '3', '2'))
  expect([...left.keys()].toSorted()).toEqual(['1', '3'])
  expect(sorted(left, pageOf('more', '9', '8', '7'))).toEqual({ listed: [], older: ['3', '1'] })
})

test('a dead letter that was replayed is dropped from the selection', () => {
  expect([...without(selectionOf('1', '2'), { id: '1' }).keys()]).toEqual(['2'])
})
