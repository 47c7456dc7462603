import { waitFor } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { createWaiting } from '../../src/http/waiting.ts'

test('evicts the longest-waiting item above the limit, never the newest', () => {
  const evicted: string[] = []
  const waiting = createWaiting<string>({ maxItems: 2, evict: (item) => evicted.push(item) })
  for (const item of ['a', 'b', 'a', 'c']) waiting.add(item) // a has moved to the end
  expect(evicted).toEqual(['b'])
  waiting.remove('a')
  for (const item of ['d', 'e']) waiting.add(item)
  expect(evicted).toEqual(['b', 'c'])
})

test('evicts the oldest items until the bytes of a new one fit', () => {
  const evicted: number[] = []
  const waiting = createWaiting<number>({ maxItems: 100, maxBytes: 10, evict: (item) => evicted.push(item) })
  for (const bytes of [3, 4, 2, 9]) waiting.add(bytes, bytes)
  expect(evicted).toEqual([3, 4, 2])
  waiting.add(1, 1)
  expect(evicted).toHaveLength(3)
})

test('evicts an item after its time limit, unless it was removed', async () => {
  const evicted: string[] = []
  const waiting = createWaiting<string>({ maxItems: 100, maxMs: 20, evict: (item) => evicted.push(item) })
  waiting.add('removed')
  waiting.add('left')
  waiting.remove('removed')
  await waitFor(() => expect(evicted).toEqual(['left']))
})
