import { faultOf, openDatabase } from '@quadrille/postgres'
import { startStandbyPostgres } from '@quadrille/testing'
import { expect, onTestFinished, test } from 'vitest'

test('a standby counts as unavailable, also for statements that only read', async () => {
  const standby = await startStandbyPostgres()
  onTestFinished(() => standby.stop())
  const database = openDatabase({ url: standby.url, applicationName: 'test', onIdleError: () => undefined })
  onTestFinished(() => database.end())
  for (const reading of [
    () => database.query('select 1'),
    () => database.transaction((sql) => sql.query('select 1')),
  ]) {
    const error: unknown = await reading().catch((thrown: unknown) => thrown)
    expect(error).toEqual(expect.objectContaining({ message: expect.stringContaining('is a standby') }))
    expect(faultOf(error)).toBe('unavailable')
  }
})
