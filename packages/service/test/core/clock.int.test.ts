import { type Database, databaseClock, openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { beforeEach, expect, inject, onTestFinished, test, vi } from 'vitest'

let database: Database
beforeEach(async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
})

const readTime = async (): Promise<Date> => {
  const [row] = await database.query<{ now: Date }>('select clock_timestamp() as now')
  return row?.now ?? new Date(Number.NaN)
}

/** The largest error of the clock, ms. It is measured before and after the clock is read. */
const errorOf = async (clock: { now(): Date }): Promise<number> => {
  const databaseNow = async () => {
    const [row] = await database.query<{ ms: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::float as ms',
    )
    return row?.ms ?? Number.NaN
  }
  const before = await databaseNow()
  const shown = clock.now().getTime()
  const after = await databaseNow()
  return Math.max(0, before - shown, shown - after)
}

/** The longest round trip of a measurement, plus 1 ms for the rounding of the driver. */
const toleratedMs = 1_001

test('a change of this machine’s clock does not change the database’s time', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const clock = databaseClock(readTime)
  expect(await clock.measure()).toBe(true)
  vi.setSystemTime(0)
  expect(await errorOf(clock)).toBeLessThan(toleratedMs)
})

test('a measurement changes nothing if this process was paused during it', async () => {
  let localMs = 0
  let stoppedMs = 0
  const readAndStop = async () => {
    const now = await readTime()
    localMs += stoppedMs
    return now
  }
  const started = performance.now()
  const clock = databaseClock(readAndStop, () => performance.now() - started + localMs)
  expect(await clock.measure()).toBe(true)

  stoppedMs = 600_000
  expect(await clock.measure()).toBe(false)
  localMs = 0 // as if that time had also passed for the database
  expect(await errorOf(clock)).toBeLessThan(toleratedMs)
})
