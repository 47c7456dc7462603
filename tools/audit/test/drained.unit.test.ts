/** When the queues count as drained, although they are never all empty at once. */
import { expect, test } from 'vitest'
import { hops, watchDrains } from '../src/drained.ts'

const names = ['order.inbox', 'payment.inbox', 'payment.inbox.retry.1s', 'payment.inbox.retry.30s']

const watch = () => {
  const drains = watchDrains()
  const read = (...busy: readonly string[]) =>
    drains.record(new Map(names.map((name) => [name, { messages: busy.includes(name) ? 1 : 0, consumers: 1 }])))
  /** Each queue has been empty as often as it must. */
  const drain = () => {
    for (let round = 0; round < hops; round += 1) {
      read('order.inbox')
      read('payment.inbox')
    }
  }
  return { drains, read, drain }
}

test('a message in a retry queue may be about any order, however often it has moved', () => {
  const { drains, read, drain } = watch()
  drain()
  expect(drains.drainedMs()).toBeLessThan(Number.POSITIVE_INFINITY)
  for (let move = 0; move < hops; move += 1) {
    read('payment.inbox.retry.1s', 'order.inbox')
    read()
    read('payment.inbox.retry.30s', 'order.inbox')
    expect(drains.drainedMs()).toBe(Number.POSITIVE_INFINITY)
    expect(drains.waitingFor()).toEqual(['payment.inbox.retry.30s'])
  }
})

test('after a retry, each queue must have been empty again', () => {
  const { drains, read, drain } = watch()
  drain()
  read('payment.inbox.retry.1s')
  read('payment.inbox')
  expect(drains.drainedMs()).toBe(Number.POSITIVE_INFINITY)
  expect(drains.waitingFor()).toEqual(['payment.inbox'])
  drain()
  expect(drains.drainedMs()).toBeLessThan(Number.POSITIVE_INFINITY)
})

test('a reading without an answer of the broker empties no queue, although it lacks the optional ones', () => {
  const { drains, read } = watch()
  for (let round = 0; round < hops; round += 1) {
    read('order.inbox')
    drains.record(new Map(names.slice(0, 2).map((name) => [name, { noAnswer: 'unavailable' }])))
  }
  read('order.inbox')
  expect(drains.drainedMs()).toBe(Number.POSITIVE_INFINITY)
  expect(drains.waitingFor()).toEqual(['order.inbox'])
})
