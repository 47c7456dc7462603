/** The words of the page for the result of an audit. */
import { expect, test } from 'vitest'
import { headlineOf, isProven, verdictOn } from '../src/page/views/invariants/verdict.ts'

const holding = { invariant: 'I1', ok: true, nothingToCheck: false, notChecked: null }
const empty = { ...holding, invariant: 'I9', nothingToCheck: true }
const unsure = { ...holding, invariant: 'I8', notChecked: 'payment.inbox (no answer)' }
const broken = { ...holding, invariant: 'I2', ok: false }

test('an invariant holds only if there was something to check', () => {
  expect([holding, empty, unsure, broken].map(verdictOn)).toEqual([
    'holds',
    'nothing to check',
    'partly checked',
    'broken',
  ])
})

test.each([
  [[holding, empty], true],
  [[empty, empty], false],
  [[holding, unsure], false],
  [[holding, broken], false],
])('%j is proven: %j', (results, expected) => {
  expect(isProven(results)).toBe(expected)
})

test('a fault is not hidden by what could not be checked', () => {
  expect(verdictOn({ ...broken, nothingToCheck: true, notChecked: 'the queues' })).toBe('broken')
})

test.each([
  [[holding, holding], 'All 2 invariants hold.'],
  [[holding, empty], '1 of 2 invariants hold; 1 had nothing to check.'],
  [[holding, unsure], 'All 2 invariants hold, except for parts of I8 that were not checked.'],
  [
    [holding, unsure, empty],
    '2 of 3 invariants hold, except for parts of I8 that were not checked; 1 had nothing to check.',
  ],
  [[holding, broken, empty], '1 of 3 invariants broken.'],
])('%j: %s', (results, headline) => {
  expect(headlineOf(results)).toBe(headline)
})
