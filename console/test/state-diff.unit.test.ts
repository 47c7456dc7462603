import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stateDiff } from '../src/page/parts/state-diff.ts'

test('a field that changes, ends or begins is listed with its path; others are not', () => {
  const before = { status: 'pending', waitsFor: 'payment', lines: [{ sku: 'mug', quantity: 2 }], note: null }
  const after = { status: 'reserved', lines: [{ sku: 'mug', quantity: 3 }], note: null, at: 7 }
  expect(stateDiff(before, after)).toEqual([
    { path: 'status', before: '"pending"', after: '"reserved"' },
    { path: 'waitsFor', before: '"payment"', after: null },
    { path: 'lines[0].quantity', before: '2', after: '3' },
    { path: 'at', before: null, after: '7' },
  ])
})

test('without a state before, each field is new', () => {
  expect(stateDiff(null, { status: 'pending', stock: {} })).toEqual([
    { path: 'status', before: null, after: '"pending"' },
  ])
  expect(stateDiff(undefined, undefined)).toEqual([])
})

test('a state does not differ from its copy', () => {
  fc.assert(fc.property(fc.jsonValue(), (state) => stateDiff(state, structuredClone(state)).length === 0))
})

test('the reverse difference has the same fields', () => {
  const pathsOf = (one: unknown, other: unknown) =>
    stateDiff(one, other)
      .map(({ path }) => path)
      .toSorted()
      .join()
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => pathsOf(one, other) === pathsOf(other, one)))
})
