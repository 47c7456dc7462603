import { validate, version } from 'uuid'
import { expect, it } from 'vitest'
import { timeOrderedId } from '../src/index.ts'

const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
/** Later than all ids of this process. */
const later = () => timeOf(timeOrderedId(0)) + 1_000
const many = (count: number, nowMs: number) => Array.from({ length: count }, () => timeOrderedId(nowMs))

it('is a UUID of version 7 with the given time', () => {
  const nowMs = later()
  const id = timeOrderedId(nowMs)
  expect(validate(id) && version(id)).toBe(7)
  expect(timeOf(id)).toBe(nowMs)
})

it('is new, and greater than the ids before, also within a millisecond and after the clock was set back', () => {
  const nowMs = later()
  const ids = [...many(10_000, nowMs), ...many(10, nowMs - 60_000)]
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
})
