import { expect, it } from 'vitest'
import { Forgotten } from '../src/amqp/forgotten.ts'
import type { Sight } from '../src/amqp/lookout.ts'

const consumed = { messages: 7, consumers: 2 }
const unconsumed = { messages: 7, consumers: 0 }

/** What each of these looks, so many ms after the start, says. */
const saysOf = (...looks: [sight: Sight, atMs: number][]): boolean[] => {
  const forgotten = new Forgotten()
  return looks.map(([sight, atMs]) => forgotten.seen(sight, atMs))
}

it('believes that a consumer is forgotten when two looks in a row find nobody', () => {
  expect(saysOf([unconsumed, 0], [unconsumed, 5_000])).toEqual([false, true])
  expect(saysOf(['gone', 0], [unconsumed, 5_000])).toEqual([false, true])
})

it('waits for a look that is a second later', () => {
  expect(saysOf([unconsumed, 0], [unconsumed, 5], [unconsumed, 999], [unconsumed, 1_000])).toEqual([
    ...[false, false, false],
    true,
  ])
})

it('begins anew when somebody consumes the queue', () => {
  expect(saysOf([unconsumed, 0], [consumed, 5_000], [unconsumed, 10_000])).toEqual([false, false, false])
})

it('takes what is not known neither for the one nor for the other', () => {
  expect(saysOf([null, 0], [null, 5_000], [unconsumed, 10_000], [null, 15_000])).toEqual([false, false, false, false])
  expect(saysOf([unconsumed, 0], [null, 5_000], [unconsumed, 10_000])).toEqual([false, false, true])
})
