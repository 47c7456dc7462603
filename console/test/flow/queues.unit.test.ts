import { choreography } from '@quadrille/events/choreography'
import { expect, test } from 'vitest'
import type { QueueState } from '../../src/page/api/types.ts'
import { createQueueHistory, sumOfSeries } from '../../src/page/views/flow/queue-history.ts'
import { instancesOf, marksOf, titleOf } from '../../src/page/views/flow/queue-name.ts'

const calm: QueueState = {
  ...{ name: 'payment.tasks', exchanges: [], waiting: 0, instances: 1, instancesWanted: 1, lagMs: 4 },
  ...{ retrying: 0, nextRetryAt: null, deadLetters: 0, heldFor: null, circuitOpen: false },
}

test('the history of a queue has the last value of each interval, and gaps where nothing was read', () => {
  const history = createQueueHistory()
  history.record([{ ...calm, waiting: 3 }], 1_000_000)
  history.record([{ ...calm, waiting: 7 }], 1_004_000)
  history.record([{ ...calm, waiting: 1 }], 1_012_000)
  const series = history.series('payment.tasks', 'waiting', 1_012_000)
  expect(series).toHaveLength(60)
  expect(series.slice(-4)).toEqual([null, 7, null, 1])
  expect(history.series('another', 'waiting', 1_012_000).every((value) => value === null)).toBe(true)
})

test('the sum of series is unknown only where all are', () => {
  expect(
    sumOfSeries([
      [1, null, null],
      [2, 3, null],
    ]),
  ).toEqual([3, 3, null])
  expect(sumOfSeries([])).toEqual([])
})

test('a queue is named by its use', () => {
  expect(titleOf(choreography.payment, 'payment.inbox')).toBe('inbox')
  expect(titleOf(choreography.notification, 'notification.email')).toBe('email')
})

test.each([
  [{}, '1 instance'],
  [{ instances: 2 }, '2 instances'],
  [{ instancesWanted: 3 }, '1 instance, wants 3'],
  [{ instances: null, instancesWanted: null }, 'instances unknown'],
])('%o is shown as %s', (state, text) => {
  expect(instancesOf({ ...calm, ...state })).toBe(text)
})

test('a calm queue has no marks, and the worst of others comes first', () => {
  expect(marksOf(calm)).toEqual([])
  const marks = marksOf({ ...calm, deadLetters: 2, retrying: 3, circuitOpen: true, heldFor: 'error P0001' })
  expect(marks.map(({ text }) => text)).toEqual(['no answer', 'held', '2 dead', '3 retrying'])
})
