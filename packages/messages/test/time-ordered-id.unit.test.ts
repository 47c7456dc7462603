import { validate, version } from 'uuid'
import { expect, it } from 'vitest'
import { timeOrderedId } from '../src/index.ts'

const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
const noon = Date.parse('2026-01-01T12:00:00Z')
const many = (count: number, nowMs: number) => Array.from({ length: count }, () => timeOrderedId(nowMs))

it('is a UUID of version 7 with the given time', () => {
  const id = timeOrderedId(noon)
  expect(validate(id) && version(id)).toBe(7)
  expect(timeOf(id)).toBe(noon)
})

it('is new, and greater than the ids before, also within a millisecond and after the clock was set back by seconds', () => {
  const nowMs = noon + 3_600_000
  const ids = [...many(10_000, nowMs), ...many(10, nowMs - 30_000)]
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
})

it('has the time of its clock after another clock was a day ahead', () => {
  timeOrderedId(noon + 86_400_000)
  expect(timeOf(timeOrderedId(noon))).toBe(noon)
})
