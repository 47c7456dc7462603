import { expect, it } from 'vitest'
import { Fifo } from '../src/index.ts'

it('a list is first in, first out, however it is used', () => {
  const list = new Fifo<number>()
  const numbers = Array.from({ length: 5_000 }, (_, index) => index)
  for (const number of numbers) list.push(number)
  const taken = Array.from({ length: 3_000 }, () => list.shift())
  list.unshift([-2, -1])
  expect([list.length, list.shift(), list.shift()]).toEqual([2_002, -2, -1])
  expect([...taken, ...list.drain()]).toEqual(numbers)
  expect([list.length, list.shift()]).toEqual([0, undefined])
  list.push(1)
  expect(list.shift()).toBe(1)
})
