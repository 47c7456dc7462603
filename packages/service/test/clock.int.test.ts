import { databaseClock, openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, onTestFinished, test, vi } from 'vitest'

test('the database’s time goes on when somebody sets this machine’s clock', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const clock = databaseClock(database)
  await clock.measure()
  vi.setSystemTime(0)
  const [row] = await database.query<{ ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float as ms',
  )
  expect(Math.abs(clock.now().getTime() - (row?.ms ?? 0))).toBeLessThan(60_000)
})
