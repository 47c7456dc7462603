import { expect, it } from 'vitest'
import { createSlotMeter } from '../../src/delivery/slot-meter.ts'

it('counts how long slots are occupied, as a share', () => {
  let nowMs = 0
  const slots = createSlotMeter(4, () => nowMs)
  slots.occupy()
  slots.occupy()
  nowMs = 100
  expect(slots.busyMs()).toBe(50)
  slots.release(2)
  nowMs = 200
  expect(slots.busyMs()).toBe(50)
})
