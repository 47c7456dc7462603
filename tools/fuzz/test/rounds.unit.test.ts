import { expect, test } from 'vitest'
import { faultsOf, unsentOf } from '../src/rounds.ts'

const round = (asked: number, sent: number, faults: readonly string[] = []) => ({ asked, outcome: { sent, faults } })

test('faults of the warm-up count too', () => {
  expect(faultsOf([round(5, 5, ['500 to one']), round(9, 9, ['500 to another'])])).toEqual([
    '500 to one',
    '500 to another',
  ])
})

test('a round that was not sent completely is a failure that says how much of it was sent', () => {
  expect(unsentOf([round(5, 5), round(9, 9)])).toEqual([])
  expect(unsentOf([round(5, 5), round(9, 8)])).toEqual([
    '8 of 9 were sent before the time was over; --seconds gives more',
  ])
  expect(unsentOf([round(5, 4), round(9, 9)])).toHaveLength(1)
})
