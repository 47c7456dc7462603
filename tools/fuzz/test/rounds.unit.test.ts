import { expect, test } from 'vitest'
import { faultsOf, unsentOf } from '../src/rounds.ts'

const round = (requested: number, sent: number, faults: readonly string[] = []) => ({
  requested,
  outcome: { sent, faults },
})

test('faults of the warm-up count too', () => {
  expect(faultsOf([round(5, 5, ['500 to one']), round(9, 9, ['500 to another'])])).toEqual([
    '500 to one',
    '500 to another',
  ])
})

test('an incomplete round is a failure, with the number of sent requests', () => {
  expect(unsentOf([round(5, 5), round(9, 9)])).toEqual([])
  expect(unsentOf([round(5, 5), round(9, 8)])).toEqual([
    '8 of 9 requests were sent before the time limit; set a higher --seconds',
  ])
  expect(unsentOf([round(5, 4), round(9, 9)])).toHaveLength(1)
})
