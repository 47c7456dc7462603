/** Any order in which deliveries finish, with any number of acknowledgements. */
import { usedHeap } from '@quadrille/testing/used-heap'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TagWindow } from '../src/amqp/consumer/tag-window.ts'

/** The broker's handling of the acknowledgements (AMQP 0-9-1, basic.ack). @throws like RabbitMQ for an unknown tag. */
const brokerWith = (deliveries: number) => {
  const unacknowledged = new Set(Array.from({ length: deliveries }, (_, index) => index + 1))
  const known = (tag: number) => {
    if (!unacknowledged.has(tag)) throw new Error(`PRECONDITION_FAILED - unknown delivery tag ${tag}`)
  }
  return {
    unacknowledged,
    acknowledge: ({ upTo, singly }: ReturnType<TagWindow['collect']>) => {
      if (upTo !== null) known(upTo)
      for (const tag of unacknowledged) if (upTo !== null && tag <= upTo) unacknowledged.delete(tag)
      for (const tag of singly) {
        known(tag)
        unacknowledged.delete(tag)
      }
    },
  }
}

/** A window with this many deliveries. */
const windowOf = (deliveries: number): TagWindow => {
  const window = new TagWindow()
  for (let tag = 1; tag <= deliveries; tag += 1) window.begin(tag)
  return window
}

describe('the window of delivery tags', () => {
  it('acknowledges exactly the finished deliveries, after each collection', () => {
    const turns = fc
      .integer({ min: 1, max: 30 })
      .chain((count) =>
        fc.tuple(
          fc.shuffledSubarray(Array.from({ length: count }, (_, index) => index + 1)),
          fc.array(fc.boolean(), { minLength: count, maxLength: count }),
          fc.constant(count),
        ),
      )
    fc.assert(
      fc.property(turns, ([order, collections, count]) => {
        const [window, broker, unfinished] = [
          windowOf(count),
          brokerWith(count),
          new Set(brokerWith(count).unacknowledged),
        ]
        order.forEach((tag, index) => {
          window.finish(tag)
          unfinished.delete(tag)
          if (!collections[index]) return
          broker.acknowledge(window.collect())
          expect(broker.unacknowledged).toEqual(unfinished)
        })
        broker.acknowledge(window.collect())
        expect(broker.unacknowledged).toEqual(unfinished)
      }),
    )
  })

  it('writes one acknowledgement for a batch that finishes in order', () => {
    const window = windowOf(4)
    for (const tag of [3, 1, 2]) window.finish(tag)
    expect(window.collect()).toEqual({ upTo: 3, singly: [] })
    expect(window.collect()).toEqual({ upTo: null, singly: [] })
  })

  it('knows up to which tag all are finished', () => {
    const window = windowOf(3)
    expect(window.finishedUpTo()).toBe(0)
    window.finish(2)
    expect(window.finishedUpTo()).toBe(0)
    window.finish(1)
    expect(window.finishedUpTo()).toBe(2)
    window.finish(3)
    expect(window.finishedUpTo()).toBe(3)
  })

  it('needs no more memory for settled deliveries while one stays unfinished', () => {
    const window = windowOf(1)
    const settle = (from: number, to: number) => {
      for (let tag = from; tag <= to; tag += 1) {
        window.begin(tag)
        window.finish(tag)
        if (tag % 100 === 0) window.collect()
      }
      return usedHeap()
    }
    const before = settle(2, 100_000)
    expect(settle(100_001, 1_000_000) - before).toBeLessThan(2_000_000) // one tag in a set takes 20 bytes or more
    window.finish(1)
    expect(window.collect()).toEqual({ upTo: 1, singly: [] })
  })
})
