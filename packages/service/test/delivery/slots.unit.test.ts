import { expect, it } from 'vitest'
import { createSlots } from '../../src/delivery/slots.ts'

it('are busy as far as they are in use, while they are', async () => {
  let nowMs = 0
  const slots = createSlots(4, () => nowMs)
  const tasks = [1, 2].map(() => Promise.withResolvers<void>())
  const [first, second] = tasks.map(({ promise }) => slots.use(() => promise))
  nowMs = 1_000
  expect(slots.busyMs()).toBe(500)
  tasks[0]?.reject(new Error('no matter'))
  await expect(first).rejects.toThrow('no matter')
  nowMs = 3_000
  expect(slots.busyMs()).toBe(1_000)
  tasks[1]?.resolve()
  await second
  nowMs = 10_000
  expect(slots.busyMs()).toBe(1_000)
})
