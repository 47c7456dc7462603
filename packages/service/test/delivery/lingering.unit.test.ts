/** How long deliveries wait for others, and which ones they wait for. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Incoming } from '../../src/delivery/incoming.ts'
import { createLingering, type Lingering } from '../../src/delivery/lingering.ts'
import { post } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

let ended: string[][]
let lingering: Lingering

const anIncoming = (id: string, type: 'lingers' | 'urgent' = 'lingers'): Incoming =>
  new Incoming(aDelivery({ id, type, correlationId: id[0] ?? '' }), post)

/** An id begins with its subject. */
const add = (...ids: string[]) => {
  for (const id of ids) lingering.add(anIncoming(id))
}

beforeEach(() => {
  vi.useFakeTimers()
  ended = []
  lingering = createLingering({
    maxMs: 100,
    maxCount: 4,
    mayLinger: ({ delivery }) => delivery.message.type === 'lingers',
    onEnd: (all) => void ended.push(all.map(({ delivery }) => delivery.message.id)),
  })
})
afterEach(() => {
  lingering.close()
  vi.useRealTimers()
})

it('ends all deliveries together when the first of them has waited long enough', () => {
  add('a1')
  vi.advanceTimersByTime(60)
  add('b1')
  vi.advanceTimersByTime(39)
  expect(ended).toEqual([])
  vi.advanceTimersByTime(1)
  expect(ended).toEqual([['a1', 'b1']])
})

it('waits again for deliveries that arrive later', () => {
  add('a1')
  vi.advanceTimersByTime(100)
  add('b1')
  vi.advanceTimersByTime(99)
  expect(ended).toEqual([['a1']])
  vi.advanceTimersByTime(1)
  expect(ended).toEqual([['a1'], ['b1']])
})

it('ends an urgent delivery at once, after those about the same subject', () => {
  add('a1', 'b1', 'a2')
  lingering.add(anIncoming('a3', 'urgent'))
  expect(ended).toEqual([['a1', 'a2', 'a3']])
  vi.advanceTimersByTime(100)
  expect(ended).toEqual([['a1', 'a2', 'a3'], ['b1']])
})

it('ends all of them when too many linger', () => {
  add('a1', 'b1', 'c1')
  expect(ended).toEqual([])
  add('a2')
  expect(ended.map((ids) => ids.toSorted())).toEqual([['a1', 'a2', 'b1', 'c1']])
})

it('counts only those that still linger', () => {
  add('a1', 'b1')
  lingering.add(anIncoming('a2', 'urgent'))
  add('c1', 'd1')
  expect(ended).toEqual([['a1', 'a2']])
  add('e1')
  expect(ended).toEqual([
    ['a1', 'a2'],
    ['b1', 'c1', 'd1', 'e1'],
  ])
})

it('keeps none after it was closed', () => {
  add('a1')
  lingering.close()
  add('b1')
  expect(ended).toEqual([['a1'], ['b1']])
  expect(vi.getTimerCount()).toBe(0)
})
