import { expect, it } from 'vitest'
import { CaughtUp } from '../src/amqp/consumer/caught-up.ts'
import { TagWindow } from '../src/amqp/consumer/tag-window.ts'

const unknown = Number.POSITIVE_INFINITY

/** A consumer whose connection has found this many ready messages, after a connection with `lost` unsettled deliveries. */
const connected = ({ ready, lost = 0 }: { ready: number; lost?: number }) => {
  const caughtUp = new CaughtUp()
  const window = new TagWindow()
  let delivered = 0
  caughtUp.disconnected(lost)
  caughtUp.connected(ready)
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
    finds: (messages: number, lossDetected = false) => caughtUp.observed(messages, { delivered, lossDetected }),
    done: () => caughtUp.done(window.finishedUpTo()),
  }
}

it('has caught up when all that waited are settled', () => {
  expect(new CaughtUp().done(0)).toBe(false)
  const { deliver, settle, done } = connected({ ready: 2 })
  expect(done()).toBe(false)
  deliver(3)
  settle(2)
  expect(done()).toBe(false)
  settle(1)
  expect(done()).toBe(true)
})

it('waits for a message that waited while newer ones are settled', () => {
  const { deliver, settle, finds, done } = connected({ ready: 1 })
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
  const { deliver, settle, done } = connected({ ready: 1 })
  deliver(1, true)
  settle(1)
  expect(done()).toBe(false)
  deliver(1)
  settle(2)
  expect(done()).toBe(true)
})

it('assumes an empty queue after two observations without messages, once the deliveries in hand are settled', () => {
  const { deliver, settle, finds, done } = connected({ ready: unknown })
  deliver(2)
  finds(0)
  finds(3)
  finds(0)
  settle(1)
  expect(done()).toBe(false)
  finds(0)
  expect(done()).toBe(false)
  settle(2)
  expect(done()).toBe(true)
})

it('has caught up with an empty queue also if others have taken the messages that waited', () => {
  const { deliver, settle, finds, done } = connected({ ready: 3 })
  deliver(1)
  settle(1)
  finds(0)
  expect(done()).toBe(false)
  finds(0)
  expect(done()).toBe(true)
})

it('waits for deliveries of its lost channel until they are settled on this one', () => {
  const { deliver, settle, finds, done } = connected({ ready: 0, lost: 2 })
  finds(0)
  finds(0)
  deliver(1)
  deliver(1, true)
  settle(1, 2)
  expect(done()).toBe(false)
  deliver(1, true)
  expect(done()).toBe(false)
  settle(3)
  expect(done()).toBe(true)
})

it('waits for deliveries of its lost channel until the broker must have detected the loss', () => {
  const { finds, done } = connected({ ready: 0, lost: 1 })
  finds(0)
  finds(0)
  expect(done()).toBe(false)
  finds(0, true)
  expect(done()).toBe(true)
})

it('waits for deliveries of each lost channel, if the connection is lost again before they are redelivered', () => {
  const { caughtUp, finds, done } = connected({ ready: 0, lost: 50 })
  caughtUp.disconnected(0)
  caughtUp.connected(0)
  finds(0)
  finds(0)
  expect(done()).toBe(false)
  finds(0, true)
  expect(done()).toBe(true)
})

it('does not wait indefinitely for a delivery that stays unsettled, also if the queue is never empty', () => {
  const { deliver, settle, finds, done } = connected({ ready: 2 })
  finds(1)
  deliver(3)
  settle(1, 3)
  for (let look = 1; look <= 30; look += 1) finds(1)
  expect(done()).toBe(false)
  finds(1)
  expect(done()).toBe(true)
})
