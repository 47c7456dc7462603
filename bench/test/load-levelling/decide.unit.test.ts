import { expect, test } from 'vitest'
import { decide } from '../../patterns/load-levelling/decide.ts'
import { wantedIn } from '../../patterns/load-levelling/hint.ts'

const rules = { max: 8, upAfterMs: 5_000, downAfterMs: 10_000 }

/** Hints of each second, up to now. */
const hints = (...wanted: readonly number[]) => wanted.map((each, second) => ({ atMs: second * 1_000, wanted: each }))

test.each<[string, readonly number[], number, number]>([
  ['more instances start when they were wanted all the time', [1, 4, 4, 4, 5, 4, 4], 1, 4],
  ['as many start as were wanted all the time', [1, 9, 7, 3, 5, 6, 6], 1, 3],
  ['a short burst starts no instance', [4, 4, 4, 1, 4, 4, 4], 1, 1],
  ['no more than the maximum start', [80, 80, 80, 80, 80, 80], 1, 8],
  ['instances stop when they were not wanted for a while', [8, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 8, 2],
  ['a short pause stops no instance', [1, 1, 1, 1, 1, 8, 1, 1, 1, 1, 1, 1], 8, 8],
  ['one instance is always left', [0, 0, 0], 3, 1],
  ['the number stays while it is wanted', [3, 3, 3], 3, 3],
])('%s', (_, wanted, present, expected) => {
  expect(decide(hints(...wanted), present, rules)).toBe(expected)
})

test('reads the hint of each queue', () => {
  const page =
    'quadrille_instances_wanted{queue="payment.inbox",service="payment"} 1\n' +
    'quadrille_instances_wanted{queue="payment.tasks",service="payment"} 12\nquadrille_consumers{queue="payment.tasks"} 3\n'
  expect(wantedIn(page)).toEqual([1, 12])
})
