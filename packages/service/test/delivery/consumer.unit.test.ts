/** Deliveries in memory when their channel closes, or their consumer stops. */
import type { Delivery } from '@quadrille/messaging'
import { noon } from '@quadrille/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { consumeQueue } from '../../src/delivery/consumer.ts'
import { InFlight } from '../../src/delivery/in-flight.ts'
import { ignored, type Outcome } from '../../src/delivery/outcome.ts'
import { skipLost } from '../../src/delivery/policies/skip-lost.ts'
import type { Handle } from '../../src/delivery/policy.ts'
import { post } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A consumer of a queue, which has got one delivery. */
const consume = (handle: Handle, isLost = () => false) => {
  let deliver: (delivery: Delivery) => void = () => undefined
  const [left, settled]: [number[], number[]] = [[], []]
  const none = { caughtUp: () => true, depth: async () => null, stop: async () => undefined }
  const inFlight = new InFlight()
  const consumer = consumeQueue({
    participant: {
      consume: (_, receive) => {
        deliver = receive
        return none
      },
    },
    language: post,
    queue: 'tracker.inbox',
    prefetch: 10,
    isAlone: () => true,
    handle,
    failures: {
      verdictOn: () => ({ next: 'retry', delayMs: 1_000 }),
      reportRetry: () => undefined,
      record: () => undefined,
    },
    inFlight,
    now: () => noon,
    onArrived: () => undefined,
    onLeft: (count) => void left.push(count),
    onSettled: ({ length }) => void settled.push(length),
    onWaiting: () => undefined,
  })
  deliver(aDelivery({}, { isLost }))
  return {
    consumer,
    inFlight,
    counts: () => [left, settled].map((each) => each.reduce((sum, count) => sum + count, 0)),
  }
}

/** Handles deliveries of a locked row. */
const handleLocked = () => {
  const handle = vi.fn<Handle>(async (batch) =>
    batch.map(() => ({ status: 'not_now', error: new Error('a locked row') })),
  )
  return { handle, tries: () => handle.mock.calls.length }
}

it('are not handled again, and leave the memory without a settlement', async () => {
  let isLost = false
  const { handle, tries } = handleLocked()
  const { consumer, counts } = consume(skipLost(handle), () => isLost)
  await vi.advanceTimersByTimeAsync(100)
  expect(tries()).toBeGreaterThan(1)
  expect(counts()).toEqual([0, 0])
  isLost = true
  const before = tries()
  await vi.advanceTimersByTimeAsync(10_000)
  expect([tries() - before, ...counts()]).toEqual([0, 1, 0])
  await consumer.stop()
})

it('are not handled again after their consumer has stopped', async () => {
  const { handle, tries } = handleLocked()
  const { consumer } = consume(handle)
  await vi.advanceTimersByTimeAsync(100)
  await consumer.stop()
  const before = tries()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(tries()).toBe(before)
})

it('a stop waits until their handling has ended', async () => {
  const handled = Promise.withResolvers<readonly Outcome[]>()
  const { inFlight, counts } = consume(() => handled.promise)
  const settledAtEnd = inFlight.done().then(counts)
  await vi.advanceTimersByTimeAsync(1_000)
  handled.resolve([ignored])
  expect(await settledAtEnd).toEqual([1, 1])
})
