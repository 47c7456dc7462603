import { validate, version } from 'uuid'
import { afterEach, expect, it, vi } from 'vitest'
import { timeOrderedId } from '../src/index.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const many = (count: number) => Array.from({ length: count }, timeOrderedId)
const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

it('is a UUID of version 7 with the time of its creation', () => {
  const nowMs = timeOf(timeOrderedId()) + 1_000 // later than all ids of this process
  vi.spyOn(Date, 'now').mockReturnValue(nowMs)
  const id = timeOrderedId()
  expect(validate(id) && version(id)).toBe(7)
  expect(timeOf(id)).toBe(nowMs)
})

it('has the given time, unless the ids before are later', () => {
  const laterMs = timeOf(timeOrderedId()) + 1_000
  expect([timeOf(timeOrderedId(laterMs)), timeOf(timeOrderedId(laterMs - 1))]).toEqual([laterMs, laterMs])
})

it('is new, and greater than the ids before, also within a millisecond and after the clock was set back', () => {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 1_000)
  const first = many(10_000)
  clock.mockReturnValue(Date.now() - 60_000)
  const ids = [...first, ...many(10)]
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
})
