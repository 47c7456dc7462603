import { maxBodyBytes } from '@quadrille/messages'
import { expect, it } from 'vitest'
import { InFlightSize } from '../src/in-flight-size.ts'

const mebibyte = { body: 'x'.repeat(1024 * 1024) }
const many = (count: number) => Array.from({ length: count }, () => mebibyte)

it('is bounded in rows', () => {
  const size = new InFlightSize()
  size.add(many(2))
  expect([size.fitting(many(5), 4), size.fitting(many(5), 2), size.fitting(many(1), 4)]).toEqual([2, 0, 1])
})

it('is bounded in bytes, and by what unread rows may have', () => {
  const size = new InFlightSize()
  size.add(many(126))
  expect(size.fitting(many(5), 1_000)).toBe(2)
  expect(size.room()).toBe((2 * 1024 * 1024) / maxBodyBytes)
  size.add(many(2))
  expect([size.fitting(many(1), 1_000), size.room()]).toEqual([0, 0])
  size.remove(many(128))
  expect([size.rows, size.fitting(many(5), 1_000)]).toEqual([0, 5])
})
