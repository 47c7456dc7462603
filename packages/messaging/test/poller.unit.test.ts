/** When the retry store of the in-process broker is polled. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Poller, type PollerOptions } from '../src/in-process/poller.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Counts the polls of a store in which nothing is found. */
const pollEmpty = (options: Partial<PollerOptions>) => {
  const take = vi.fn(async () => [])
  const poller = new Poller({
    room: () => 10,
    take,
    taken: () => undefined,
    nextDueMs: async () => null,
    everyMs: () => 5_000,
    blockedMs: 250,
    backoff: { firstMs: 100, maxMs: 1_000, random: () => 1 },
    onError: (error) => {
      throw error
    },
    ...options,
  })
  return { poller, polls: () => take.mock.calls.length }
}

test('is rare without entries', async () => {
  const { polls } = pollEmpty({})
  await vi.advanceTimersByTimeAsync(9_000)
  expect(polls()).toBe(2)
})

test('begins when the next entry is due', async () => {
  const { polls } = pollEmpty({ nextDueMs: async () => 1_000 })
  await vi.advanceTimersByTimeAsync(3_500)
  expect(polls()).toBe(4)
})

test('begins when an entry is due that was stored after the last poll', async () => {
  const { poller, polls } = pollEmpty({})
  await vi.advanceTimersByTimeAsync(1_000)
  poller.dueIn(100)
  await vi.advanceTimersByTimeAsync(150)
  expect(polls()).toBe(2)
})

test('is not repeated at once while the due entries are locked by another session', async () => {
  const { polls } = pollEmpty({ nextDueMs: async () => 0 })
  await vi.advanceTimersByTimeAsync(1_100)
  expect(polls()).toBe(5)
})

test('begins soon after there is room again', async () => {
  let room = 0
  const { polls } = pollEmpty({ room: () => room })
  await vi.advanceTimersByTimeAsync(10_000)
  room = 10
  await vi.advanceTimersByTimeAsync(300)
  expect(polls()).toBe(1)
})
