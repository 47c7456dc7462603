import { describe, expect, it } from 'vitest'
import { createFairQueue, type FairQueue } from '../../src/core/fair-queue.ts'

const queueOf = (maxSize: number, maxBytes = Number.POSITIVE_INFINITY) =>
  queueOfNumbers(
    createFairQueue<'inbox' | 'requests', { readonly bytes: number }>(['inbox', 'requests'], {
      maxSize,
      maxBytes,
      bytesOf: ({ bytes }) => bytes,
    }),
  )

/** Each item is a number, which is also its size. */
const queueOfNumbers = (queue: FairQueue<'inbox' | 'requests', { readonly bytes: number }>) => ({
  add: (source: 'inbox' | 'requests', bytes: number) => queue.add(source, { bytes }),
  take: () => queue.take().map(({ bytes }) => bytes),
  waiting: () => queue.waiting(),
})

describe('a batch', () => {
  it('contains all waiting items, in the order of each source', () => {
    const queue = queueOf(10)
    for (const item of [1, 2, 3]) queue.add('inbox', item)
    queue.add('requests', 9)
    expect(queue.take()).toEqual([1, 9, 2, 3])
    expect(queue.take()).toEqual([])
  })

  it('has an equal share of each source if both have more items than fit', () => {
    const queue = queueOf(4)
    for (const item of [1, 2, 3, 4, 5, 6]) queue.add('inbox', item)
    for (const item of [11, 12, 13]) queue.add('requests', item)
    expect([queue.take(), queue.take(), queue.take()]).toEqual([[1, 11, 2, 12], [13, 3, 4, 5], [6]])
  })

  it('no longer waits once it is taken', () => {
    const queue = queueOf(2)
    for (const item of [1, 2, 3]) queue.add('inbox', item)
    queue.take()
    expect(queue.waiting()).toEqual({ items: 1, bytes: 3 })
  })

  it('is bounded in bytes, but a single item may be larger', () => {
    const queue = queueOf(10, 5)
    for (const item of [2, 3, 1, 9, 1]) queue.add('inbox', item)
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([[2, 3], [1], [9], [1]])
  })
})
