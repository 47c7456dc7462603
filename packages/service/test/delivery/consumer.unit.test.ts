/** Deliveries that wait in memory when their channel closes. */
import type { Delivery } from '@quadrille/messaging'
import { noon } from '@quadrille/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { consumeQueue } from '../../src/delivery/consumer.ts'
import { InFlight } from '../../src/delivery/in-flight.ts'
import { skipLost } from '../../src/delivery/policies/skip-lost.ts'
import { post } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('are not handled again, and leave the memory without a settlement', async () => {
  let isLost = false
  let tries = 0
  let left = 0
  let settled = 0
  let deliver: (delivery: Delivery) => void = () => undefined
  const none = { caughtUp: () => true, depth: async () => null, stop: async () => undefined }
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
    handle: skipLost(async (batch) => {
      tries += batch.length
      return batch.map(() => ({ status: 'not_now', error: new Error('a locked row') }))
    }),
    failures: {
      verdictOn: () => ({ next: 'retry', delayMs: 1_000 }),
      reportRetry: () => undefined,
      record: () => undefined,
    },
    inFlight: new InFlight(),
    now: () => noon,
    onArrived: () => undefined,
    onLeft: (count) => {
      left += count
    },
    onSettled: (batch) => {
      settled += batch.length
    },
    onWaiting: () => undefined,
  })
  deliver(aDelivery({}, { isLost: () => isLost }))
  await vi.advanceTimersByTimeAsync(100)
  expect(tries).toBeGreaterThan(1)
  expect(left).toBe(0)
  isLost = true
  const before = tries
  await vi.advanceTimersByTimeAsync(10_000)
  expect([tries - before, left, settled]).toEqual([0, 1, 0])
  await consumer.stop()
})
