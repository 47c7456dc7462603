import { expect, it } from 'vitest'
import { CaughtUp } from '../src/amqp/consumer/caught-up.ts'
import { TagWindow } from '../src/amqp/consumer/tag-window.ts'
import type { QueueDepth } from '../src/broker.ts'

/** A new consumer of a queue with this depth. */
const connected = (depth: QueueDepth | null) => {
  const caughtUp = new CaughtUp()
  const window = new TagWindow()
  let delivered = 0
  caughtUp.connected(depth)
  return {
    caughtUp,
    deliver: (count: number, redelivered = false) => {
      for (const last = delivered + count; delivered < last; ) {
        delivered += 1
        caughtUp.delivered({ deliveryTag: delivered, redelivered })
        window.begin(delivered)
      }
    },
    settle: (...tags: readonly number[]) => {
      for (const tag of tags) window.finish(tag)
    },
    finds: (messages: number, { consumers = 1, lossDetected = false } = {}) =>
      caughtUp.observed({ messages, delivered, consumers, lossDetected }),
    done: () => caughtUp.done(window.finishedUpTo()),
  }
}

/** Messages wait, and no consumer has any of them. */
const waiting = (messages: number): QueueDepth => ({ messages, consumers: 0 })

it('has caught up when all that waited are settled', () => {
  expect(new CaughtUp().done(0)).toBe(false)
  const { caughtUp, deliver, settle, done } = connected(waiting(2))
  expect(done()).toBe(false)
  deliver(3)
  settle(2)
  expect(done()).toBe(false)
  settle(1)
  expect(done()).toBe(true)
  caughtUp.disconnected(0)
  expect(done()).toBe(false)
})

it('waits for a message that waited while newer ones are settled', () => {
  const { deliver, settle, finds, done } = connected(waiting(1))
  deliver(3)
  settle(2, 3)
  expect(done()).toBe(false)
  finds(0)
  finds(0)
  deliver(1)
  settle(4)
  expect(done()).toBe(false)
  settle(1)
  expect(done()).toBe(true)
})

it('waits for a message that was overtaken by a returned one', () => {
  const { deliver, settle, done } = connected(waiting(1))
  deliver(1, true)
  settle(1)
  expect(done()).toBe(false)
  deliver(1)
  settle(2)
  expect(done()).toBe(true)
})

it.each([
  ['an unknown depth', null],
  ['another consumer, which may be the one of a lost connection', { messages: 0, consumers: 1 }],
])('with %s it waits for what is ready at one observation, and for what is delivered by the next', (_, depth) => {
  const { deliver, settle, finds, done } = connected(depth)
  deliver(2)
  finds(3)
  settle(1, 2)
  expect(done()).toBe(false)
  deliver(1) // it was on its way
  finds(9)
  settle(3)
  expect(done()).toBe(false)
  deliver(3)
  settle(4, 6)
  expect(done()).toBe(false)
  settle(5)
  expect(done()).toBe(true)
})

it('waits for deliveries of lost connections until the broker must have noticed their end', () => {
  const { deliver, settle, finds, done } = connected({ messages: 0, consumers: 1 })
  for (let look = 1; look <= 100; look += 1) finds(0, { consumers: 2 })
  expect(done()).toBe(false)
  deliver(2, true)
  settle(1, 2)
  expect(done()).toBe(false) // there may be more, or these were those of another consumer
  finds(1)
  expect(done()).toBe(false)
  deliver(1, true)
  finds(0)
  expect(done()).toBe(false)
  settle(3)
  finds(0)
  expect(done()).toBe(true)
})

it('waits for its own lost deliveries, even if their consumer is not counted', () => {
  const { caughtUp, deliver, settle, finds, done } = connected(waiting(0))
  caughtUp.disconnected(2)
  caughtUp.disconnected(0)
  caughtUp.connected(waiting(1))
  deliver(1)
  settle(1)
  for (let look = 1; look <= 20; look += 1) finds(0)
  expect(done()).toBe(false)
  finds(2, { lossDetected: true })
  deliver(2, true)
  finds(0)
  finds(0)
  expect(done()).toBe(false)
  settle(2, 3)
  expect(done()).toBe(true)
})

it('catches up beside other consumers once the broker must have noticed lost connections', () => {
  const { finds, done } = connected({ messages: 0, consumers: 1 })
  finds(0, { consumers: 2, lossDetected: true })
  expect(done()).toBe(false)
  finds(0, { consumers: 2, lossDetected: true })
  expect(done()).toBe(true)
})

it('has caught up even if others have taken the messages that waited', () => {
  const { deliver, settle, finds, done } = connected(waiting(3))
  deliver(1)
  settle(1)
  finds(0)
  expect(done()).toBe(false)
  finds(0)
  expect(done()).toBe(true)
})

it('does not wait indefinitely for a delivery that stays unsettled, even if the queue is never empty', () => {
  const { deliver, settle, finds, done } = connected(waiting(2))
  finds(1)
  deliver(3)
  settle(1, 3)
  for (let look = 1; look <= 30; look += 1) finds(1)
  expect(done()).toBe(false)
  finds(1)
  expect(done()).toBe(true)
})
