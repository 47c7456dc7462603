import { maxBodyBytes } from '@quadrille/messages'
import { expect, it } from 'vitest'
import { InFlightSize } from '../src/in-flight-size.ts'

const mebibyte = { body: 'x'.repeat(1024 * 1024) }
const many = (count: number) => Array.from({ length: count }, () => mebibyte)

it('the rows in flight are limited in number', () => {
  const size = new InFlightSize()
  size.add(many(2))
  expect([size.countFitting(many(5), 4), size.countFitting(many(5), 2), size.countFitting(many(1), 4)]).toEqual([
    2, 0, 1,
  ])
})

it('the size of a row is that of its body in UTF-8', () => {
  const rows = Array.from({ length: 50 }, () => ({ body: '訂'.repeat(1024 * 1024) })) // 3 MiB each
  expect(new InFlightSize().countFitting(rows, 1_000)).toBe(42)
})

it('the rows in flight are limited in bytes, and rows of unknown size count with the maximum', () => {
  const size = new InFlightSize()
  size.add(many(126))
  expect(size.countFitting(many(5), 1_000)).toBe(2)
  expect(size.countRoom()).toBe((2 * 1024 * 1024) / maxBodyBytes)
  size.add(many(3)) // a row of unknown size may exceed the limit
  expect([size.countFitting(many(1), 1_000), size.countRoom()]).toEqual([0, 0])
  size.remove(many(129))
  expect([size.rows, size.countFitting(many(5), 1_000)]).toEqual([0, 5])
})
