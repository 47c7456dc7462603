import { expect, test } from 'vitest'
import { databaseClock } from '../src/clock.ts'

/** A clock of a database that is ahead of the local one, and whose time takes this long to arrive after it was read. */
const clockOf = ({ aheadMs = 0, returnMs = 0 }) => {
  const server = { aheadMs, returnMs }
  let localMs = 1_000_000.25
  const readTime = async () => {
    const now = new Date(localMs + server.aheadMs)
    localMs += server.returnMs
    return now
  }
  const clock = databaseClock(readTime, () => localMs)
  return { server, measure: clock.measure, errorMs: () => clock.now().getTime() - Math.floor(localMs + server.aheadMs) }
}

test.each([0, 1, 80, 900])('one clock stays one clock, even if the answer takes %d ms to arrive', async (returnMs) => {
  const { measure, errorMs } = clockOf({ returnMs })
  await measure()
  expect(errorMs()).toBe(0)
})

test.each([-5_000, 40, 5_000])('a difference of %d ms is found within half of the round trip', async (aheadMs) => {
  const { measure, errorMs } = clockOf({ aheadMs, returnMs: 20 })
  await measure()
  expect(Math.abs(errorMs())).toBeLessThanOrEqual(11)
})

test('the fastest answer determines the error, and a slow one does not increase it', async () => {
  const { server, measure, errorMs } = clockOf({ aheadMs: 500, returnMs: 200 })
  await measure()
  server.returnMs = 0
  await measure()
  expect(Math.abs(errorMs())).toBeLessThanOrEqual(1)
  server.returnMs = 900
  await measure()
  expect(Math.abs(errorMs())).toBeLessThanOrEqual(1)
})

test('a slow answer corrects a clock that stood still during a sleep of its machine', async () => {
  const { server, measure, errorMs } = clockOf({})
  expect(await measure()).toBe(true)
  server.aheadMs = 1_200_000
  server.returnMs = 4_000
  expect(await measure()).toBe(false)
  expect(Math.abs(errorMs())).toBeLessThanOrEqual(4_001)
})

test('an answer that took minutes corrects no more than it shows', async () => {
  const { server, measure, errorMs } = clockOf({})
  await measure()
  server.aheadMs = -10
  server.returnMs = 600_000
  await measure()
  expect(Math.abs(errorMs())).toBeLessThanOrEqual(1)
})

test('a clock that was set is followed', async () => {
  const { server, measure, errorMs } = clockOf({})
  await measure()
  server.aheadMs = 3_600_000
  await measure()
  expect(Math.abs(errorMs())).toBeLessThanOrEqual(1)
})
