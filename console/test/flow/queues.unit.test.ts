import { choreography } from '@quadrille/events/choreography'
import { expect, test } from 'vitest'
import type { QueueReport, QueueState } from '../../src/page/api/types.ts'
import { createQueueHistory } from '../../src/page/views/flow/queue-history.ts'
import { instancesOf, isAlarming, marksOf, titleOf } from '../../src/page/views/flow/queue-name.ts'

const calm: QueueState = {
  ...{ name: 'payment.tasks', exchanges: [], waiting: 0, instances: 1, instancesWanted: 1, lagMs: 4 },
  ...{ retrying: 0, nextRetryAt: null, deadLetters: 0, heldFor: null, circuitOpen: false },
}

const reportOf = (states: readonly Partial<QueueState>[], otherDeadLetters = 0): QueueReport => ({
  queues: states.map((state) => ({ ...calm, ...state })),
  ...{ otherDeadLetters, outbox: { rows: 0, oldestAgeMs: 0 }, brokerFault: null },
})

test('the history of a queue has the last value of each interval, and gaps where nothing was read', () => {
  const history = createQueueHistory()
  history.record(reportOf([{ waiting: 3 }]).queues, 1_000_000)
  history.record(reportOf([{ waiting: 7 }]).queues, 1_004_000)
  history.record(reportOf([{ waiting: 1 }]).queues, 1_012_000)
  const series = history.series('payment.tasks', 'waiting', 1_012_000)
  expect(series).toHaveLength(60)
  expect(series.slice(-4)).toEqual([null, 7, null, 1])
  expect(history.series('another', 'waiting', 1_012_000).every((value) => value === null)).toBe(true)
})

test('dead letters of no queue are an alarm too', () => {
  expect(isAlarming(reportOf([{ retrying: 1 }]))).toBe(false)
  expect(isAlarming(reportOf([{ retrying: 1 }], 1))).toBe(true)
  expect(isAlarming(reportOf([{}, { deadLetters: 1 }]))).toBe(true)
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
  expect(marksOf({ ...calm, retrying: 10_000 }).map(({ text }) => text)).toEqual(['10,000+ retrying'])
})
